"""What goes wrong on the way to upsd, said as our errors, with what to do about it."""

import os
import socket
import ssl

from opsconsole.clean import clean
from opsconsole.errors import Lost, Malformed, TargetError, Unreachable, Untrusted

PORT_REMEDY = "is `port` that of upsd, and does MAXCONN there leave room?"


def of_failure(where: str, error: BaseException) -> TargetError:
    """Say why there was no answer; `where` names the target."""
    match error:
        case TimeoutError():
            return Unreachable(f"{where}: no whole answer in time", PORT_REMEDY)
        case ssl.SSLCertVerificationError():
            said = clean(error.verify_message, 160)
            what = f"{where}: its certificate is refused: {said}"
            return Untrusted(what, 'name the authority\'s certificate: ca = "PATH"')
        case ssl.SSLError():
            what = f"{where}: TLS failed: {clean(str(error), 160)}"
            return Untrusted(what, "look at CERTFILE there; tls = false does without")
        case socket.gaierror():
            return Unreachable(f"{where}: its name is not known", "mend the name in `address`")
        case ConnectionResetError() | BrokenPipeError() | EOFError():
            return Lost(f"{where}: the connection went", PORT_REMEDY)
        case OSError():
            why = os.strerror(error.errno) if error.errno else clean(str(error), 160)
            remedy = "does upsd run, and LISTEN on that address?"
            return Unreachable(f"{where}: {why}", remedy)
        case _:
            return Malformed(f"{where}: no proper answer: {clean(str(error), 160)}", PORT_REMEDY)
