"""Where those who ask and those who approve meet: a folder in which nobody can replace a socket."""

import os
import re
import secrets
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from opsconsole.errors import Refused

VARIABLE = "OPSCONSOLE_RENDEZVOUS"
"""Names the folder; it must be the same for all who use the machine."""

SITE = Path("/run/opsconsole")
"""Used where root has made it (`install -d -m 1777 /run/opsconsole`)."""

COMMON = Path("/tmp")  # noqa: S108 (verified below; $TMPDIR is another folder for each user)

SETTLED_NS = 1_000_000_000
"""Nanoseconds after which a change of a folder is told from the one before by its time."""

_NAME = re.compile(r"opsconsole-(\d{1,10})-[0-9a-f]{32}\.sock")
_SHARED = stat.S_ISVTX | stat.S_IRWXO
"""Everybody may make files, and only who made one may remove it."""


@dataclass(frozen=True, slots=True)
class Door:
    """A socket in the folder: its place, and whose it claims to be."""

    path: Path
    uid: int


def rendezvous() -> Path:
    """The folder; raises `Refused` when somebody else than root could replace what is in it."""
    if named := os.environ.get(VARIABLE):
        folder = Path(named)
    else:
        # The system's own folder may be a link (macOS); that link is root's.
        folder = SITE if not _wrong(SITE) else COMMON.resolve()
    if wrong := _wrong(folder):
        raise Refused(
            f"a second person cannot be asked: {folder} {wrong};"
            f" root can make one: install -d -m 1777 {SITE}",
            "approval",
        )
    return folder


def _wrong(folder: Path) -> str:
    try:
        found = folder.lstat()
    except OSError as error:
        return f"cannot be used: {error.strerror}"
    if not stat.S_ISDIR(found.st_mode):
        return "is no folder" if not stat.S_ISLNK(found.st_mode) else "is a link"
    if found.st_uid != 0:
        return f"belongs to uid {found.st_uid} and not to root"
    if found.st_mode & _SHARED != _SHARED:
        return f"has mode {stat.S_IMODE(found.st_mode):o}; it takes 1777"
    return ""


def new_name(folder: Path, uid: int) -> Path:
    """A place for a socket that nobody can have taken."""
    return folder / f"opsconsole-{uid}-{secrets.token_hex(16)}.sock"


def others() -> frozenset[Path]:
    """Sockets of other users in the rendezvous: a look at the folder and nothing more.

    Raises `Refused` when there is no place to meet.
    """
    folder = rendezvous()
    try:
        return frozenset(door.path for door in doors(folder) if door.uid != os.geteuid())
    except OSError as error:
        raise Refused(f"{folder} cannot be read: {error.strerror}", "approval") from error


def stamp() -> tuple[str, int, int, int] | None:
    """What is another one as soon as a socket comes or goes, without a look into the folder.

    None while that cannot be told: there is no folder, or it changed so lately that another change
    could bear the same time.
    """
    try:
        folder = rendezvous()
        found = folder.stat()
    except (Refused, OSError):
        return None
    if abs(time.time_ns() - found.st_mtime_ns) < SETTLED_NS:
        return None
    return str(folder), found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def doors(folder: Path) -> list[Door]:
    """Sockets that lie there under the name of who owns them; raises `OSError`."""
    found: list[Door] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if match is None:
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:  # gone meanwhile
                continue
            if stat.S_ISSOCK(status.st_mode) and status.st_uid == int(match[1]):
                found.append(Door(Path(entry.path), status.st_uid))
    return sorted(found, key=lambda door: door.path.name)
