"""What is asked of a target: exchanges, the program that answers them, probes that read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from opsconsole.model import Column, Row

Reading = TypeVar("Reading")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer with a target; several probes may read the same answer."""

    name: str
    every: float
    """Seconds between answers, unless the estate says otherwise."""
    pushed: bool = False
    """The target sends by itself, at `every`; otherwise the collector asks."""
    on_demand: bool = False
    """Asked only while somebody looks at a probe of it."""
    timeout: float = 10.0
    """Seconds before an asked answer counts as a fault."""
    watched: bool = False
    """A list that the target keeps us up to date about: the only question of it is a
    `question.Watched`, its payloads are turns (see `turn`), and a console is sent what changed.
    Rules, recording and whoever wants all rows get them every `every` seconds."""
    compared: bool = True
    """Some probe has rates of it: the answer before the last is kept too, for who looks later."""
    cut: Callable[[bytes], Iterator[bytes]] | None = None
    """Of one whose answers are megabytes, and not compared: cuts an answer into several that are
    read one after another, so that nothing else waits for all of them. Where one of these cannot be
    read the answer is, as it came. It is not kept: who looks later has it asked again."""


@dataclass(frozen=True, slots=True)
class Program:
    """A script that answers exchanges over a pipe: started once per target under `/bin/sh`.

    Wire: it writes answers, each a payload followed by a line `--opsconsole <exchange>--`. Pushed
    exchanges come on stdout; asked ones on stderr, after their name was written to its stdin as a
    line. It ends on end of stdin and on the first failed write.
    """

    script: str
    """POSIX shell text; the pushed exchange's interval in seconds stands in `$INTERVAL`."""


@dataclass(frozen=True, slots=True)
class Probe(Generic[Reading]):
    """One question in the operator's words. `read` and `rows` are pure: an answer in, rows out."""

    id: str
    """`host.cpu`: integration and thing."""
    title: str
    exchange: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Columns that identify a row across samples; empty when there is at most one row."""
    read: Callable[[bytes], Reading]
    """Parse one answer; raises `Malformed` when it cannot be one."""
    rows: Callable[[Reading, Reading | None], list[Row]]
    """Rows of a reading, with rates against the one before (None at the first: rates are None).
    Of a watched exchange the reading is a `turn.Turn`, never compared: rows of what it puts."""
    on_demand: bool = True
    """Parsed only while somebody looks; False for what every list and rule needs."""
    quiet: bool = False
    """Of a probe that is always parsed: a console is sent it only while it looks."""
    parts: int = 0
    """Of a watched list whose objects have several rows: how many of the last columns of `key` tell
    those of one object apart. What an object had and has no more is gone then."""

    named: tuple[str, ...] = ()
    """Columns that an operator names a row by, and types to confirm: `shop/web-1`; without them the
    first of `key`."""
    over: str = ""
    """Of a watched exchange: id of another probe of it, whose rows this one sums up. `rows` is
    given the list of all of them in the place of a reading, and `read` is not called; its samples
    are whole, and come at the exchange's pace."""
    beside: tuple[str, Callable[[Row, Row | None], Row]] | None = None
    """Of a watched exchange: id of a probe of the same target with the same key, and what makes a
    row of one of ours and of its row: the use of a pod beside what it asks for. Called again
    whenever either is another; pure, and gives the row as it was made where there is nothing."""

    placed: tuple[str, tuple[str, ...]] | None = None
    """A column that says which target of the estate a row is about, and those whose values may name
    it by address or name, the surest first. Rows come with the column empty: the collector, which
    knows the targets, fills it. Not of a watched exchange."""

    def index(self, key: str) -> int:
        """Position of the column with that key."""
        return next(i for i, column in enumerate(self.columns) if column.key == key)
