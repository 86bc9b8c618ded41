"""What goes wrong on the way to a broker, said as our errors, with what to do about it."""

import os
import socket
import ssl

from opsconsole.clean import clean
from opsconsole.errors import Denied, Lost, Malformed, TargetError, Unreachable, Untrusted
from opsconsole.secret import mask

_NAME = "write the name that stands in the certificate into `address`"

_REMEDY = {
    10: "renew the certificate there",
    9: "compare the clocks of both machines",
    62: _NAME,
    64: _NAME,
}
"""By OpenSSL's X509_V_ERR numbers."""

_PORT = "is `port` that of a broker, and should `tls` be true?"

SIGNING_IN = (
    "it may want a certificate of ours (`cert`), TLS (`tls = true`), or be no MQTT broker at all"
)
"""What to do about a peer that hangs up on who signs in."""

_LOGIN = frozenset({134, 135, 138, 140})
"""Reasons of MQTT 5: bad user name or password, not authorized, banned, bad authentication."""

SERVER_BUSY = frozenset({136, 137, 151, 159})
"""Server unavailable or busy, quota exceeded, connection rate exceeded."""


def of_socket(where: str, error: BaseException, tls: bool = False) -> TargetError:
    """Say why there is no connection; `tls` is whether we began with TLS."""
    match error:
        case ConnectionResetError() if tls:
            return _of_tls(where, "EOF")
        case TimeoutError():
            remedy = "a firewall between, or does only one side speak TLS?"
            return Unreachable(f"{where}: no answer in time", remedy)
        case ssl.SSLCertVerificationError():
            what = f"{where}: its certificate is refused: {clean(error.verify_message, 160)}"
            trust = 'name the authority\'s certificate: ca = "PATH"'
            return Untrusted(what, _REMEDY.get(error.verify_code, trust))
        case ssl.SSLError():
            return _of_tls(where, clean(str(error), 160))
        case socket.gaierror():
            return Unreachable(f"{where}: its name is not known", "mend the name in `address`")
        case ConnectionResetError() | BrokenPipeError():
            return Lost(f"{where}: the connection went", _PORT)
        case OSError():
            why = os.strerror(error.errno) if error.errno else clean(str(error), 160)
            return Unreachable(f"{where}: {why}", "does the broker run, and listen there?")
        case _:
            said = mask(clean(str(error) or type(error).__name__, 160))
            return Malformed(f"{where}: no proper MQTT: {said}", _PORT)


def _of_tls(where: str, said: str) -> TargetError:
    if any(word in said for word in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "EOF")):
        return Malformed(f"{where}: does not speak TLS", "take `tls` out, or mend `port`")
    return Untrusted(f"{where}: TLS failed: {said}", 'it may want one of ours: cert = "PATH"')


def of_refusal(where: str, code: int, said: str) -> TargetError:
    """Say why the broker does not take us; `code` is a reason of MQTT 5."""
    what = f"{where}: the broker refuses us: {mask(clean(said, 120))}"
    if code in _LOGIN:
        return Denied(what, "mend `user` and `password`, or `cert`, or who may sign in there")
    if code in SERVER_BUSY:
        return Unreachable(what, "it has too much to do, or too many clients")
    return Denied(what, "its log says more; some brokers only know certain a `client_id`")


def of_flood(where: str, size: int, most: int) -> TargetError:
    """A packet that is larger than any that is taken."""
    what = f"{where}: a message of {size} bytes; at most {most >> 20} MiB are taken"
    return Malformed(what, "who publishes it? A broker with MQTT 5 keeps such ones from us")
