"""What goes wrong with an Oracle database, said as our errors, with what to do about it."""

import os
import re
import ssl
from collections.abc import Iterator

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

SAID = 200
"""Characters of a server's own words."""

_CODE = re.compile(r"\b(ORA|DPY)-(\d{4,5})\b", re.ASCII)
_LISTENER = re.compile(r"\(ERR=(\d{3,5})\)|Similar to ORA-(\d{5})", re.ASCII)

_NOISE = ("Help: ", "DPY-6005: cannot connect to database (CONNECTION_ID=")
_OURS = re.compile(r' at host "127\.0\.0\.1" port \d+', re.ASCII)
"""Where the driver is led by `wire.Relay`, which is no place of the operator's."""

_TLS = 'demand TLS: tls = true, with ca = "PATH" and the listener\'s port for TCPS'
_NAME = "write the certificate's name into `address`: a name, no address, is compared"
_FULL = "end idle sessions, or raise `processes` and `sessions`"

_DENIED = {
    1005: "give the target a `password`",
    1017: "mend `user` and `password`; names of users in a root begin with C##",
    1031: "the account has not that `privilege`",
    1045: "GRANT CREATE SESSION TO the account",
    28000: "unlock the account: ALTER USER … ACCOUNT UNLOCK",
    28001: "set a new password for the account: it has expired",
    28009: 'SYS signs in as something: privilege = "sysdba"',
    28040: "allow newer sign-ins: SQLNET.ALLOWED_LOGON_VERSION_SERVER = 12",
    12537: "is this machine among the listener's TCP.INVITED_NODES?",
    12547: "is this machine among the listener's TCP.INVITED_NODES?",
}
_UNREACHABLE = {
    18: _FULL,
    20: _FULL,
    1033: "wait until it is open; a stand-by that is only mounted wants `privilege`",
    1034: "start the instance",
    1035: "the instance is in restricted mode",
    1089: "the instance shuts down",
    1090: "the instance shuts down",
    2391: "end sessions of the account, or raise SESSIONS_PER_USER of its profile",
    12505: "mend `sid`, or start the instance: lsnrctl services lists what is there",
    12514: "mend `service_name`, or start the instance: lsnrctl services lists what is there",
    12516: _FULL,
    12518: _FULL,
    12519: _FULL,
    12520: _FULL,
    12521: "start the instance",
    12526: "the instance is in restricted mode",
    12527: "the instance is in restricted mode",
    12528: "the instance takes no new sessions yet: is it only mounted? then want `privilege`",
}
_LOST = {
    28: "our session was killed",
    41: "our session was ended by its resource plan",
    1012: "our session is not signed in any more",
    1092: "the instance was ended",
    2396: "the profile ended our idle session",
    2399: "the profile ended our session: its time was up",
    3113: "the connection went",
    3114: "the connection went",
    3135: "the connection went",
    12153: "the connection went",
}
_DRIVER = {
    3001: (Unsupported, f"native network encryption is not supported; {_TLS}"),
    3010: (Unsupported, "Oracle Database 12.1 and later can be asked"),
    3012: (Unsupported, "its national character set must be AL16UTF16"),
    3015: (Denied, "give the account a password verifier of 11G or 12C: set its password anew"),
    4011: (Lost, "does the instance run? its alert log says why"),
    6002: (Untrusted, _NAME),
    6006: (Untrusted, _NAME),
}


def _codes(error: BaseException) -> Iterator[tuple[str, int]]:
    """Every code in what was said, the outermost first; a listener's own one before all."""
    text = str(error)
    if match := _LISTENER.search(text):
        yield "ORA", int(match[1] or match[2])
    for kind, digits in _CODE.findall(text):
        yield kind, int(digits)


def number(error: BaseException) -> int:
    """The server's number of an error; 0 for what the driver itself says."""
    kind, code = next(_codes(error), ("", 0))
    return code if kind == "ORA" else 0


def words(error: BaseException) -> str:
    """What was said, in one line: no link, no secret, and nothing a terminal obeys."""
    lines = [line for line in str(error).splitlines() if not line.startswith(_NOISE)]
    text = _OURS.sub("", " ".join(lines)) or type(error).__name__
    return mask(clean(text, SAID))


def is_refusal(error: BaseException) -> bool:
    """Whether the server refused one statement, and the connection lives on."""
    kind, code = next(_codes(error), ("", 0))
    gone = code in _LOST or code in {1033, 1034, 1089, 1090} or 12_150 <= code < 12_700
    return kind == "ORA" and code > 0 and not gone


def of_failure(where: str, error: BaseException) -> TargetError:
    """Say why there is no connection, or no answer; `where` names the target."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _of_tls(where, cause)
    for kind, code in _codes(error):
        told = _of_server(where, code, error) if kind == "ORA" else _of_driver(where, code, error)
        if told is not None:
            return told
    for cause in causes:
        if isinstance(cause, TimeoutError):
            return Unreachable(f"{where}: no answer in time", "is it overloaded, or a firewall?")
        if isinstance(cause, OSError):
            return _of_socket(where, cause)
    return Malformed(f"{where}: {words(error)}", "is that a listener of Oracle's?")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was made of, a few steps deep."""
    at: BaseException | None = error
    for _ in range(6):
        if at is None:
            return
        yield at
        at = at.__cause__ or at.__context__


def _of_server(where: str, code: int, error: BaseException) -> TargetError | None:
    said = f"{where}: {words(error)}"
    if code in _DENIED:
        return Denied(said, _DENIED[code])
    if code in _UNREACHABLE:
        return Unreachable(said, _UNREACHABLE[code])
    if code in _LOST:
        return Lost(f"{where}: {_LOST[code]} (ORA-{code:05d})", "its alert log says why")
    return None


def _of_driver(where: str, code: int, error: BaseException) -> TargetError | None:
    if code == 4024:
        return Unreachable(f"{where}: no answer in time", "is it overloaded, or a firewall?")
    if code == 6000:
        return Unreachable(f"{where}: {words(error)}", "look into the listener's log")
    if code in _DRIVER:
        kind, remedy = _DRIVER[code]
        return kind(f"{where}: {words(error)}", remedy)
    return None


def _of_socket(where: str, error: OSError) -> TargetError:
    why = os.strerror(error.errno) if error.errno and error.errno > 0 else clean(str(error), SAID)
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return Lost(f"{where}: the connection went: {why}")
    if type(error).__name__ == "gaierror":
        return Unreachable(f"{where}: its name is not known", "mend `address`")
    return Unreachable(f"{where}: {why}", "does its listener run there? lsnrctl status says so")


def _of_tls(where: str, error: ssl.SSLError) -> TargetError:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = clean(error.verify_message, SAID)
        remedy = 'name its authority: ca = "PATH"; or write the certificate\'s name into `address`'
        return Untrusted(f"{where}: its certificate is refused: {why}", remedy)
    return Untrusted(
        f"{where}: TLS failed: {clean(str(error), SAID)}", "does that port speak TCPS?"
    )
