"""Who we are, and whether the process that wrote a record still lives."""

import contextlib
import os
import pwd
import socket
import sys
from pathlib import Path

from opsconsole.audit.record import Who

_NO_LOGIN = 2**32 - 1
_STATE, _STARTED = 0, 19
"""Of /proc/PID/stat after the command's closing bracket: fields 3 and 22 of proc(5)."""


def me() -> Who:
    """This process, as it stands in the records it writes."""
    uid = os.geteuid()
    return Who(
        user=_name(uid),
        uid=uid,
        login_uid=_login_uid(),
        tty=_tty(),
        ssh_connection=os.environ.get("SSH_CONNECTION", ""),
        host=socket.gethostname(),
        boot=_boot(),
        pid=os.getpid(),
        started=_started(os.getpid()) or "",
    )


def alive(who: Who) -> bool | None:
    """Whether that process still runs; None when it cannot be told from this machine."""
    if who.host != socket.gethostname():
        return None
    if who.boot != _boot():
        return False
    return _started(who.pid) == who.started


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _login_uid() -> int | None:
    try:
        uid = int(Path("/proc/self/loginuid").read_text())
    except (OSError, ValueError):
        return None
    return None if uid == _NO_LOGIN else uid


def _tty() -> str:
    for descriptor in (0, 2):
        with contextlib.suppress(OSError):
            return os.ttyname(descriptor)
    return os.environ.get("SSH_TTY", "")


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """When the process started, in ticks since the boot; None when it is gone or a zombie."""
    if sys.platform != "linux":
        return _started_elsewhere(pid)
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[_STATE] in {"Z", "X"} else fields[_STARTED]


def _started_elsewhere(pid: int) -> str | None:
    import psutil  # tens of milliseconds, for systems without /proc

    try:
        process = psutil.Process(pid)
        zombie = process.status() == psutil.STATUS_ZOMBIE
        return None if zombie else f"{process.create_time():.2f}"
    except psutil.Error:
        return None
