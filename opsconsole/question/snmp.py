"""What an SNMP agent is asked."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snmp:
    """What an SNMP agent is asked: `SnmpGet` or `SnmpWalk`; the answer is read by `varbind`."""


@dataclass(frozen=True, slots=True)
class SnmpGet(Snmp):
    """Objects by their numeric names, all as one answer; it is `None` for what is not there."""

    oids: tuple[str, ...]
    """`1.3.6.1.2.1.1.3.0`"""


@dataclass(frozen=True, slots=True)
class SnmpWalk(Snmp):
    """All objects below a name; of a table, only these columns, row by row."""

    oid: str
    """Of the entry, where there are columns: `1.3.6.1.2.1.2.2.1`."""
    columns: tuple[int, ...] = ()
    limit: int = 20_000
    """Objects that are taken at most; more are a fault: a table that never ends is none."""
    keep: float = 0.0
    """Seconds for which an answer is good, while the session lasts: what rarely changes and is told
    beside what does."""
    absent: float = 0.0
    """Seconds for which an answer without any object is good: tables of one vendor, which others
    need not be asked for each time."""


@dataclass(frozen=True, slots=True)
class SnmpChoice:
    """What an agent is asked once it is known what it is: objects by name, and columns, of which
    all below is wanted; `slow` are those that hardly change. Of `fleeting` columns the rows come
    and go: they are asked for also while there are none.
    """

    objects: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    slow_objects: tuple[str, ...] = ()
    slow_columns: tuple[str, ...] = ()
    fleeting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SnmpChosen(Snmp):
    """Objects that depend on what the agent is. The answer holds everything that is known of it.

    The session chooses once, and anew when one of `tells` is another, or the agent has begun anew.
    What is not there is asked for again when `keep` is over, as what hardly changes is.
    """

    first: tuple[str, ...]
    """Objects of every answer."""
    tells: tuple[str, ...]
    """Those of them that tell what device it is."""
    clock: str
    """The one that counts since the agent began."""
    present: Callable[[], tuple[str, ...]]
    """Names below which the agent is asked for its first object, before the choice."""
    choose: Callable[[bytes], SnmpChoice]
    """By the variable bindings of `first` and of what is below `present`; pure."""
    keep: float = 600.0
    """Seconds for which it is good what hardly changes, and what is not there."""
