"""What goes wrong with a MySQL or MariaDB server, said as our errors, with what to do about it."""

import os
import ssl

from opsconsole.clean import clean
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
from opsconsole.transports.mysql.wire import IN_CLEAR, NO_TLS, OLD, TOO_LONG

SAID = 200
"""Characters of a server's own words."""

_TLS = 'demand TLS: tls = true, with ca = "PATH" unless the system knows the authority'

_DENIED = {
    1044: "grant the account that database, or leave `database` out",
    1045: "mend `user` and `password`, or the account's host; or it demands TLS",
    1129: "run FLUSH HOSTS there (or mysqladmin flush-hosts): too many broken connections came",
    1130: "create the account for the address that this machine comes from",
    1251: "give the account caching_sha2_password, or mysql_native_password",
    1275: "give the account caching_sha2_password, or mysql_native_password",
    1524: "give the account a plug-in that this server has loaded",
    1698: "the account signs in by socket only: give it a password, or name `socket`",
    1820: "set a new password for the account: it has expired",
    1862: "set a new password for the account: it has expired",
    3118: "unlock the account: ALTER USER … ACCOUNT UNLOCK",
    4151: "unlock the account: ALTER USER … ACCOUNT UNLOCK",
    3159: _TLS,
    2059: "give the account caching_sha2_password, or mysql_native_password",
    OLD: "give the account a password of this century: caching_sha2_password",
    IN_CLEAR: f"it wants the password in the clear; {_TLS}",
}
_FULL = {
    1040: "end idle sessions, or raise max_connections",
    1203: "the account has too many sessions: raise its MAX_USER_CONNECTIONS",
    1226: "the account has used up what it may within the hour: raise its limits",
}
_GONE = {
    1053: "the server shuts down",
    1927: "our connection was killed",
    2006: "the server went away",
    2013: "the connection went",
    4031: "the server closed an idle connection",
}
LOST = frozenset({*_GONE, 1047, 1077, 1152, 1158, 1159, 1160, 1161, 1184})
"""Numbers after which there is no connection."""


def number(error: Exception) -> int:
    """The error's number, as server and driver count; 0 for none."""
    first = error.args[0] if error.args else 0
    return first if isinstance(first, int) else 0


def words(error: Exception) -> str:
    """What the server said, with no secret and nothing a terminal obeys."""
    last = error.args[-1] if error.args else type(error).__name__
    return mask(clean(str(last), SAID))


def is_refusal(error: Exception) -> bool:
    """Whether the server refused one statement, and the connection lives on."""
    code = number(error)
    return 0 < code < 9000 and not 2000 <= code < 3000 and code not in LOST


def of_failure(where: str, error: Exception) -> TargetError:
    """Say why there is no connection, or no answer; `where` names the target."""
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(cause, TimeoutError):
        return Unreachable(f"{where}: no answer in time", "is it overloaded, or a firewall?")
    if isinstance(cause, ssl.SSLError):
        return _of_tls(where, cause)
    told = _of_number(where, number(error), words(error))
    if told is not None:
        return told
    if isinstance(cause, OSError):
        return _of_socket(where, cause)
    if isinstance(error, ValueError) and "PEM" in str(error):
        return Denied(f"{where}: its public key came unproved, so no password was sent", _TLS)
    return Malformed(f"{where}: {words(error)}", "is that a MySQL or MariaDB server?")


def _of_number(where: str, code: int, said: str) -> TargetError | None:
    if code in _DENIED:
        return Denied(f"{where}: {said} ({code})", _DENIED[code])
    if code in _FULL:
        return Unreachable(f"{where}: {said} ({code})", _FULL[code])
    if code in _GONE:
        return Lost(f"{where}: {_GONE[code]} ({code})", "does it run? its error log says why")
    if code == NO_TLS:
        return Untrusted(f"{where}: it offers no TLS, which is demanded", "set TLS up there")
    if code == 1049:
        return Unsupported(f"{where}: {said} ({code})", "mend `database`, or leave it out")
    if code == TOO_LONG:
        return Malformed(f"{where}: {said} in one answer", "something else is there?")
    return None


def _of_socket(where: str, error: OSError) -> TargetError:
    why = os.strerror(error.errno) if error.errno and error.errno > 0 else clean(str(error), SAID)
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return Lost(f"{where}: the connection went: {why}")
    if type(error).__name__ == "gaierror":
        return Unreachable(f"{where}: its name is not known", "mend `address`")
    remedy = "does it run, and listen there (bind-address, skip-networking)?"
    return Unreachable(f"{where}: {why}", remedy)


def _of_tls(where: str, error: ssl.SSLError) -> TargetError:
    said = clean(str(error), SAID)
    if isinstance(error, ssl.SSLCertVerificationError):
        why = clean(error.verify_message, SAID)
        remedy = 'name its authority: ca = "PATH"; or write the certificate\'s name into `address`'
        return Untrusted(f"{where}: its certificate is refused: {why}", remedy)
    if "certificate required" in said.lower() or "HANDSHAKE_FAILURE" in said:
        return Denied(f"{where}: it wants a certificate of ours", 'give it one: cert = "PATH"')
    return Untrusted(f"{where}: TLS failed: {said}")
