"""What goes wrong on the way to a Redis server, said as our errors, with what to do about it."""

import os
import socket
import ssl

import redis.exceptions

from opsconsole.clean import clean
from opsconsole.errors import Lost, Malformed, TargetError, Unreachable, Untrusted
from opsconsole.secret import mask
from opsconsole.transports.redis.wire import LIMIT, Flood

_REMEDY = {
    10: "renew the certificate there",
    9: "compare the clocks of both machines",
    62: "write the name that stands in the certificate into `address`",
    64: "write the name that stands in the certificate into `address`",
}
"""By OpenSSL's X509_V_ERR numbers."""

_TRUST = 'name the authority\'s certificate: ca = "PATH"'
_PORT = "is `port` that of a Redis server, and should `tls` be true?"


def of_failure(where: str, error: BaseException) -> TargetError:
    """Say why there was no answer; `where` names the target."""
    cause = error.__context__ if isinstance(error, redis.exceptions.ConnectionError) else error
    match cause or error:
        case TimeoutError() | redis.exceptions.TimeoutError():
            remedy = "a long command, a firewall between, or does only one side speak TLS?"
            return Unreachable(f"{where}: no whole answer in time", remedy)
        case ssl.SSLCertVerificationError() as found:
            what = f"{where}: its certificate is refused: {_told(found.verify_message)}"
            return Untrusted(what, _REMEDY.get(found.verify_code, _TRUST))
        case ssl.SSLError() as found:
            return _of_tls(where, _told(found))
        case socket.gaierror():
            return Unreachable(f"{where}: its name is not known", "mend the name in `address`")
        case ConnectionResetError() | BrokenPipeError() as found:
            return Lost(f"{where}: the connection went: {_told(found)}", _PORT)
        case OSError() as found:
            why = os.strerror(found.errno) if found.errno else _told(found)
            return Unreachable(f"{where}: {why}", "does it run, and listen there?")
        case Flood():
            what = f"{where}: more than {LIMIT >> 20} MiB"
            return Malformed(what, "something else is there, or far too many clients")
        case redis.exceptions.ConnectionError() | EOFError() as found:
            return Lost(f"{where}: the connection went: {_told(found)}", _PORT)
        case other:
            return Malformed(f"{where}: no proper answer: {_told(other)}", _PORT)


def _of_tls(where: str, said: str) -> TargetError:
    if "WRONG_VERSION_NUMBER" in said or "RECORD_LAYER_FAILURE" in said:
        return Malformed(f"{where}: does not speak TLS", "take `tls` out, or mend `port`")
    return Untrusted(f"{where}: TLS failed: {said}", 'it may want one of ours: cert = "PATH"')


def _told(error: object) -> str:
    return mask(clean(str(error) or type(error).__name__, 160))
