"""What `pgbackrest info --output=json` says, as it stands there; newer versions leave parts out."""

from collections.abc import Iterable
from typing import Any

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Denied, Malformed, TargetError, Unreachable, Unsupported

MOST = 1000
"""Stanzas, and backups of each, the newest."""

_TOP = 1 << 62
_KILLED = 137
_DENIED = ("permission denied", "[041]")


class Span(msgspec.Struct, frozen=True):
    """Seconds of Unix time, by the clock of the host that made the backup."""

    start: int = 0
    stop: int = 0


class Segments(msgspec.Struct, frozen=True):
    """Names of WAL segments: the first and the last that a backup needs to be whole."""

    start: str | None = None
    stop: str | None = None


class Kept(msgspec.Struct, frozen=True):
    """Bytes in the repository, of this backup alone."""

    delta: int | None = None


class Sizes(msgspec.Struct, frozen=True):
    """Bytes of the cluster, and those of them that this backup copied."""

    size: int | None = None
    delta: int | None = None
    repository: Kept = Kept()


class Version(msgspec.Struct, frozen=True):
    """Of the program that made a backup."""

    version: str = ""


class Cluster(msgspec.Struct, frozen=True):
    """A version of PostgreSQL that the stanza has held."""

    version: str = ""


class Backup(msgspec.Struct, frozen=True):
    """One backup in one repository."""

    label: str
    type: str
    timestamp: Span
    error: bool | None = None
    info: Sizes = Sizes()
    archive: Segments = Segments()
    backrest: Version = Version()


class Wal(msgspec.Struct, frozen=True):
    """First and last segment of an archive."""

    id: str = ""
    min: str | None = None
    max: str | None = None


class Held(msgspec.Struct, frozen=True):
    """Whether something runs."""

    held: bool = False


class Lock(msgspec.Struct, frozen=True):
    """Of a backup, or of what expires some."""

    backup: Held = Held()


class Status(msgspec.Struct, frozen=True):
    """0 is well; see `STATES`."""

    code: int = 99
    message: str = ""
    lock: Lock = Lock()


class Repository(msgspec.Struct, frozen=True):
    """One of the places where backups go."""

    key: int = 1
    status: Status = Status()


class Stanza(msgspec.Struct, frozen=True):
    """One cluster's backups."""

    name: str
    status: Status
    archive: list[Wal] = []
    backup: list[Backup] = []
    db: list[Cluster] = []
    repo: list[Repository] = []


class Reading(msgspec.Struct, frozen=True):
    """All stanzas, and what time it was on the host that was asked."""

    now: int
    stanzas: list[Stanza]


def whole(value: int | None) -> int | None:
    """A number that can be one."""
    return value if value is not None and 0 <= value < _TOP else None


def total(values: Iterable[int | None]) -> int | None:
    """The sum of those that are known; None without any."""
    known = [one for one in map(whole, values) if one is not None]
    return whole(sum(known)) if known else None


def parse(words: bytes) -> list[Stanza]:
    """Stanzas of a JSON text; raises `ValueError`."""
    found = msgspec.json.decode(words, type=list[Stanza])
    return [
        msgspec.structs.replace(
            one, backup=sorted(one.backup, key=lambda b: b.timestamp.stop)[-MOST:]
        )
        for one in found[:MOST]
    ]


def read(payload: bytes) -> Reading:
    """Parse an answer of `sampler.sh`; raises a `TargetError` that says what pgBackRest said."""
    lines = payload.split(b"\n")

    def tagged(tag: bytes) -> list[bytes]:
        return [line[len(tag) :] for line in lines if line.startswith(tag)]

    if b"absent:" in lines:
        what = "pgbackrest is not installed there"
        raise Unsupported(what, "name the host of the repository, or install it: pgbackrest")
    said, status, now = tagged(b"said:"), tagged(b"status:"), tagged(b"now:")
    try:
        code, moment = int(status[-1]), int(now[0])
    except (ValueError, IndexError):
        raise Malformed("an answer of pgbackrest without its end") from None
    json: Any = next((line for line in said if line.startswith(b"[")), None)
    if code or json is None or whole(moment) is None:
        raise refused(code, b" ".join(said))
    try:
        return Reading(moment, parse(json))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"pgbackrest info says something else: {clean(str(error), 200)}") from None


def refused(code: int, said: bytes) -> TargetError:
    """Why there are no stanzas."""
    words = clean_bytes(b" ".join(said[:2000].split()), 300)
    if code == _KILLED:
        return Unreachable("pgbackrest does not answer within 50 s", "is its repository there?")
    if any(one in words.casefold() for one in _DENIED):
        how = "name the account that owns the repository: user = …"
        return Denied(f"pgbackrest may not read its repository: {words}", how)
    return Malformed(f"pgbackrest ends with status {code}: {words}", "mend pgbackrest.conf there")
