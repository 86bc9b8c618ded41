"""What goes wrong over HTTP, said as our errors, with what to do about it."""

import os
import ssl

import aiohttp

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import (
    Denied,
    Lost,
    Malformed,
    TargetError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from opsconsole.secret import mask

SAID = 160
"""Characters of a refusal's own words."""

_CERTIFICATE = {
    10: "its certificate has expired",
    9: "its certificate is not valid yet",
    18: "its certificate is signed by itself",
    19: "its certificate is signed by an authority that is not known here",
    20: "its certificate is signed by an authority that is not known here",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}
"""By OpenSSL's X509_V_ERR numbers."""

_REMEDY = {
    10: "renew the certificate there",
    9: "compare the clocks of both machines",
    62: "write the name that stands in the certificate into `url`",
    64: "write the name that stands in the certificate into `url`",
}
_TRUST = 'name the authority\'s certificate: ca = "PATH"'


def of_failure(where: str, error: Exception) -> TargetError:
    """Say why there was no answer; `where` names target and request."""
    if isinstance(error, TimeoutError):
        return Unreachable(f"{where}: no whole answer in time", "is it overloaded, or a firewall?")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _untrusted(where, error.certificate_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _untrusted(where, error)
    if isinstance(error, aiohttp.ClientConnectorSSLError | ssl.SSLError):
        return _of_tls(where, error)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable(f"{where}: its name is not known", "mend the name in `url`")
    if isinstance(error, aiohttp.ClientConnectorError):
        number = error.os_error.errno
        why = os.strerror(number) if number else clean(str(error.os_error))
        return Unreachable(f"{where}: {why}", "does it run, and listen there?")
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ClientResponseError):
        return Malformed(f"{where}: no proper HTTP: {_told(error)}", "is `url` the right port?")
    if isinstance(error, aiohttp.InvalidURL):
        return Unsupported(f"{where}: an address that cannot be", "mend `url`")
    if isinstance(error, aiohttp.ClientConnectionError | OSError):
        return Lost(f"{where}: the connection went: {_told(error)}")
    return Malformed(f"{where}: {_told(error)}")


def of_status(where: str, status: int, body: bytes) -> TargetError:
    """Say what a status that is no answer means."""
    said = mask(clean_bytes(b" ".join(body[: 4 * SAID].split()), SAID))
    what = f"{where}: status {status}{f', saying: {said}' if said else ''}"
    if status == 401:
        return Denied(what, "give it `token`, or `user` and `password`; or they are not right")
    if status == 403:
        return Denied(what, "the account may not read that: give it the right to")
    if status == 407:
        return Denied(what, "the proxy wants a password, which is not supported")
    if status == 404:
        return Unsupported(what, "is the path in `url` right, and the server's version?")
    if status in {429, 502, 503, 504}:
        return Unreachable(what, "it is overloaded, or what is behind it does not run")
    return Malformed(what)


def ends_session(error: TargetError, status: int = 0) -> bool:
    """Whether it concerns the whole target: it is reached anew then, with secrets read anew."""
    return status == 401 or (not status and isinstance(error, Unreachable | Lost | Untrusted))


def _untrusted(where: str, error: Exception) -> TargetError:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    why = _CERTIFICATE.get(code, f"its certificate is refused: {_told(error)}")
    return Untrusted(f"{where}: {why}", _REMEDY.get(code, _TRUST))


def _of_tls(where: str, error: Exception) -> TargetError:
    said = _told(error)
    if "certificate_required" in said.lower().replace(" ", "_") or "HANDSHAKE_FAILURE" in said:
        return Denied(f"{where}: it wants a certificate of ours", 'give it one: cert = "PATH"')
    if "WRONG_VERSION_NUMBER" in said or "RECORD_LAYER_FAILURE" in said:
        return Malformed(f"{where}: does not speak TLS", "write http:// into `url`")
    return Untrusted(f"{where}: TLS failed: {said}")


def _told(error: Exception) -> str:
    return mask(clean(str(error) or type(error).__name__, SAID))
