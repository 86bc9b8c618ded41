"""Who is at the other end of a socket: as the kernel knows them, never as they say."""

import contextlib
import errno
import os
import pwd
import select
import socket
import struct
import sys
from collections.abc import Collection, Generator
from dataclasses import dataclass
from pathlib import Path

from opsconsole.errors import Gone

NO_LOGIN = 2**32 - 1
"""In /proc/PID/loginuid of a process behind which nobody logged in: services, most containers."""

_UCRED = struct.Struct("iII")
"""unix(7): pid, uid, gid."""
_SO_PEERPIDFD = 77
"""Linux 6.5; Python has no name for it yet."""
_XUCRED = struct.Struct("IIh2x16I")
"""macOS: version, uid, number of groups, groups. Never run by this project."""
_SOL_LOCAL, _LOCAL_PEERCRED, _LOCAL_PEERPID = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Person:
    """Behind a process: its account, and who logged in before any sudo or su."""

    uid: int
    account: str
    """Empty when this machine has no account of that uid."""
    login: int | None = None
    """Uid of who logged in; None where the system does not say."""
    login_account: str = ""

    def __str__(self) -> str:
        shown = f"{self.account or 'nobody known'} (uid {self.uid}"
        if self.login is None or self.login == self.uid:
            return f"{shown})"
        return f"{shown}, logged in as {self.login_account or '?'}, uid {self.login})"

    @property
    def uids(self) -> frozenset[int]:
        """Accounts this may be the person of; root's is nobody's, unless one logged in as root."""
        return frozenset({uid for uid in (self.uid or None, self.login) if uid is not None})

    @property
    def name(self) -> str:
        """The account of the person, whatever account they act under."""
        return self.account if self.login is None else self.login_account


def me() -> Person:
    """This process. May take as long as the system's directory of users does."""
    return _person(os.geteuid(), _login_of("self"))


def other_end(sock: socket.socket) -> Person:
    """Who connected to, or listens on, the other end; may take as long as `me`.

    Raises `Gone` when that process ended, so that its number may be another's; `OSError`.
    """
    pid, uid = _credentials(sock)
    with _pinned(sock, pid):
        login = _login_of(str(pid))
    return _person(uid, login)


def other_uid(sock: socket.socket) -> int:
    """The uid alone, at once; raises `OSError`."""
    return _credentials(sock)[1]


def refusal(asking: Person, answering: Person, approvers: Collection[str]) -> str:
    """Why the one may not be the second person for the other; empty when they may."""
    if answering.uid == asking.uid:
        return f"{answering} is the user who asks: it takes another one"
    if not answering.account:
        return f"uid {answering.uid} has no account on this machine"
    if asking.login is not None and answering.login is None:
        return f"nobody is known to have logged in behind {answering}"
    if not answering.uids:
        return f"{answering} could be anybody: approve under an account of your own"
    if answering.uids & asking.uids:
        return f"{answering} and {asking} are the same person"
    if approvers and answering.name not in approvers:
        return f"{answering} is not among the estate's approvers"
    return ""


def _person(uid: int, login: int | None) -> Person:
    return Person(uid, _account(uid), login, "" if login is None else _account(login))


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""


def _login_of(process: str) -> int | None:
    # Unreadable where /proc hides the processes of others: not known then.
    try:
        uid = int(Path(f"/proc/{process}/loginuid").read_text())
    except (OSError, ValueError):
        return None
    return None if uid == NO_LOGIN else uid


def _credentials(sock: socket.socket) -> tuple[int, int]:
    """Process and uid of the other end, as they were when it connected or began to listen."""
    if sys.platform == "linux":
        raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
        pid, uid, _ = _UCRED.unpack(raw)
        return pid, uid
    raw = sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size)
    return sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID), _XUCRED.unpack(raw)[1]


@contextlib.contextmanager
def _pinned(sock: socket.socket, pid: int) -> Generator[None, None, None]:
    """What is read of the process within the context was read of that process.

    Raises `Gone` at the end when it was not: another may have its number by then.
    """
    descriptor = _descriptor(sock, pid)
    if descriptor is None:
        yield
        return
    try:
        yield
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        if ended.poll(0):
            raise Gone("who was at the other end has ended")
    finally:
        os.close(descriptor)


def _descriptor(sock: socket.socket, pid: int) -> int | None:
    """The process itself; None where the system has no such thing. Raises `Gone`."""
    if sys.platform != "linux":
        return None
    try:
        return sock.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD)
    except OSError as error:
        if error.errno != errno.ENOPROTOOPT:
            raise Gone("who was at the other end has ended") from error
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError as error:
        raise Gone("who was at the other end has ended") from error
    except OSError:  # before Linux 5.3
        return None
