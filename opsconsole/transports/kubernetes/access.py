"""Where a cluster is and who we are there: plain values, and TLS made of them."""

import base64
import binascii
import datetime
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from opsconsole.errors import Unsupported

_BEGIN = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Access:
    """All that one request needs; what of it is secret is never shown."""

    server: str
    """`https://host:port`, perhaps with a path in front of all others."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """`Authorization` and impersonation."""
    ca: str = ""
    """Certificates of the authorities to trust, as PEM; empty for the system's."""
    cert: str = ""
    """Our own certificate as PEM."""
    key: str = field(default="", repr=False)
    insecure: bool = False
    server_name: str = ""
    proxy: str = ""
    expires: float = float("inf")
    """Unix time from which on the server may refuse us."""
    files: tuple[str, ...] = ()
    """Where it was read: when one of them changes, it is read anew."""

    @property
    def trust(self) -> tuple[str, str, str, bool]:
        """What TLS is made of."""
        return self.ca, self.cert, self.key, self.insecure


def context(where: str, access: Access) -> ssl.SSLContext:
    """TLS as this access wants it. Writes our key for a moment where only we can read, as OpenSSL
    takes it from a file alone; raises `Unsupported` for what is no certificate or key.
    """
    try:
        made = ssl.create_default_context(cadata=access.ca or None)
    except (ssl.SSLError, ValueError) as error:
        raise _unusable(where, "the authority's certificate", error) from None
    # Go takes authorities that RFC 5280 calls incomplete, and many a cluster has made its own so.
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if access.insecure:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if access.cert:
        with tempfile.TemporaryDirectory(prefix="opsconsole-") as folder:
            cert, key = Path(folder, "cert"), Path(folder, "key")
            cert.write_text(access.cert)
            key.write_text(access.key)
            try:
                made.load_cert_chain(cert, key, password=_no_password)
            except (OSError, ssl.SSLError, ValueError) as error:
                raise _unusable(where, "our certificate and its key", error) from None
    return made


def ends(cert: str) -> float:
    """Unix time at which the first certificate of a PEM text ends; infinity if it does not say."""
    try:
        der = base64.b64decode(cert.split(_BEGIN, 1)[1].partition("-----")[0])
        body = _parts(_parts(_parts(der)[0][1])[0][1])  # what is signed of the certificate
        at = 1 if body[0][0] == 0xA0 else 0  # the version may stand in front
        told = _parts(body[at + 3][1])[1]  # behind number, algorithm, issuer: from, until
        form = "%y%m%d%H%M%SZ" if told[0] == 0x17 else "%Y%m%d%H%M%SZ"
        moment = datetime.datetime.strptime(told[1].decode(), form)
        return moment.replace(tzinfo=datetime.UTC).timestamp()
    except (ValueError, IndexError, binascii.Error):
        return float("inf")


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    """Tag and content of each element of an ASN.1 structure."""
    found: list[tuple[int, bytes]] = []
    while der:
        tag, size, at = der[0], der[1], 2
        if size & 0x80:
            at += size & 0x7F
            size = int.from_bytes(der[2:at])
        found.append((tag, der[at : at + size]))
        der = der[at + size :]
    return found


def _no_password() -> str:
    """Called for an encrypted key: OpenSSL would ask on the terminal otherwise."""
    raise ValueError("the key is encrypted")


def _unusable(where: str, what: str, error: Exception) -> Unsupported:
    return Unsupported(
        f"{where}: {what}: {getattr(error, 'reason', None) or error}",
        "give them in PEM form, and the key unencrypted",
    )
