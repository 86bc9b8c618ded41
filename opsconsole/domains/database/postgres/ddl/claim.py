"""What a statement does to a table: the lock it takes, what that blocks, and how much it reads."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Lock(enum.IntEnum):
    """Modes of `pg_locks`, weakest first."""

    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    @property
    def words(self) -> str:
        """As SQL writes it."""
        return self.name.replace("_", " ")

    @property
    def mode(self) -> str:
        """As `pg_locks` writes it."""
        return self.name.title().replace("_", "") + "Lock"


_A, _RS, _RX, _SUX, _S, _SRX, _X, _AX = Lock
CONFLICTS: Mapping[Lock, frozenset[Lock]] = {
    _A: frozenset({_AX}),
    _RS: frozenset({_X, _AX}),
    _RX: frozenset({_S, _SRX, _X, _AX}),
    _SUX: frozenset({_SUX, _S, _SRX, _X, _AX}),
    _S: frozenset({_RX, _SUX, _SRX, _X, _AX}),
    _SRX: frozenset({_RX, _SUX, _S, _SRX, _X, _AX}),
    _X: frozenset({_RS, _RX, _SUX, _S, _SRX, _X, _AX}),
    _AX: frozenset(Lock),
}
"""PostgreSQL manual, table 13.2."""
MODES = {lock.mode: lock for lock in Lock}


def blocks(lock: Lock) -> str:
    """Whom it keeps out, as an application feels it."""
    if lock is Lock.ACCESS_EXCLUSIVE:
        return "blocks reads and writes"
    if lock >= Lock.SHARE:
        return "blocks writes; reads go on"
    if lock is Lock.SHARE_UPDATE_EXCLUSIVE:
        return "blocks neither reads nor writes; vacuum and other DDL wait"
    return "blocks neither reads nor writes"


class Work(enum.IntEnum):
    """What it does with the rows while it holds the lock, least first."""

    NOTHING = 0
    DISCARD = 1
    """The files are let go, whatever their size."""
    SCAN = 2
    INDEX = 3
    REWRITE = 4


WORK: Mapping[Work, str] = {
    Work.NOTHING: "changes the catalog only, whatever the size",
    Work.DISCARD: "lets the files go, whatever their size",
    Work.SCAN: "reads every row",
    Work.INDEX: "reads every row and builds an index",
    Work.REWRITE: "writes the whole table and its indexes anew",
}


class Reach(enum.Enum):
    """What else than the named table a part of a statement is felt by."""

    SELF = "self"
    TREE = "tree"
    """All that inherit from it: partitions."""
    INDEX = "index"
    """The index itself, where a table is meant otherwise."""
    INDEXES = "indexes"
    """All its indexes."""
    REFERENCED = "referenced"
    """Tables that its foreign keys, or the one that is named, point at."""
    REFERENCING = "referencing"
    """Tables whose foreign keys point at it."""
    VIEWS = "views"
    """Views of it, and views of those."""
    DEFAULT = "default"
    """Its default partition, where it has one."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What only the server knows of a part."""

    about: str
    """What `judge` decides by it: `type`, `default`, `not null`, `constraint`, `key`, `new type`,
    `validate`, `drop constraint`."""
    name: str = ""
    """A column, or a constraint."""
    type: str = ""
    functions: tuple[str, ...] = ()
    plain: bool = True
    """Whether nothing was said that decides it anyway: USING, COLLATE, a default."""


@dataclass(frozen=True, slots=True)
class Part:
    """One lock on one table, or one kind of tables, and why."""

    what: str
    """The part of the statement, in words."""
    on: str
    """A table or an index, as it was written."""
    lock: Lock
    work: Work = Work.NOTHING
    why: str = ""
    reach: Reach = Reach.TREE
    ask: Ask | None = None
    safer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was understood, down to its last word."""

    title: str
    """`ALTER TABLE`."""
    parts: tuple[Part, ...]
    waits: bool = False
    """Whether it waits for all transactions that are older: CONCURRENTLY."""
    alone: bool = False
    """Whether it is refused in a transaction."""
    since: int = 0
    """The first version that knows it: 140000."""
    notes: tuple[str, ...] = field(default=())


class NotUnderstood(ValueError):
    """What of a statement could not be read, and where."""
