"""The sockets: what a transport, a bus and the door for actions must offer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import msgspec

from opsconsole.alert import Alerts, Occurrence
from opsconsole.clean import Clean
from opsconsole.errors import TargetError
from opsconsole.model import Row, Sample, Target
from opsconsole.plan import (
    Approval,
    Note,
    Option,
    Outcome,
    Progress,
    Request,
    Standing,
    Thing,
    Waiting,
)
from opsconsole.question import Script


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one exchange, as it came."""

    exchange: str
    payload: bytes
    at: float
    """Unix time of arrival, seconds."""
    error: TargetError | None = None
    """Why this exchange has no payload, while the session lives on: one page of many that is
    forbidden. What concerns the whole target ends the session instead."""


class Session(Protocol):
    """A live way to one target; lives until `close` or until the target goes."""

    def ask(self, exchange: str) -> None:
        """Send the question; its answer is delivered like a pushed one. Never blocks.

        Raises `Lost` when the session is over.
        """
        ...

    async def ended(self) -> None:
        """Return after `close`; raise the `TargetError` that ended the session otherwise."""
        ...

    async def close(self) -> None:
        """End it and everything it started on the target; safe to call twice."""
        ...

    @property
    def traffic(self) -> tuple[int, int]:
        """Payload bytes received from and sent to the target so far."""
        ...


class Transport(Protocol):
    """A way to reach targets; one object serves all targets that name it."""

    name: str

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Reach the target, start `script` (a sampler, see `spec.Program`, or what is asked for
        each exchange, see `question`) and deliver each answer.

        `interval` is seconds between pushed answers. `deliver` is called on the event loop, must
        not block, and is never called after `close`. Raises a `TargetError`.
        """
        ...

    async def close(self) -> None:
        """Close what all its sessions share."""
        ...


@runtime_checkable
class Doer(Protocol):
    """A transport that can also change something. Only the executor asks it to."""

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Run one program on the target to its end; returns its exit status, -N for signal N.

        Each word of `argv` reaches the program as it is: no shell reads it. Its input is empty;
        `heard` gets what it writes, both streams in order of arrival. It goes over the connection
        of the target's open session, else over one of its own. Cancelling ends the program with
        TERM where it can be reached. Raises `Lost` when the connection went while it ran (what it
        did is not known then), another `TargetError` when it was never started.
        """
        ...


class AuditSink(Protocol):
    """Where every plan, refusal, start and outcome is written before it counts."""

    def append(self, kind: str, body: Mapping[str, object]) -> str:
        """Write a record, on disk when this returns; returns its hash.

        `body` holds text, numbers, flags, None, and lists and tables of them. Raises
        `Unauditable` when it cannot be written: nothing may be done then.
        """
        ...


class Interest(msgspec.Struct, frozen=True, tag="interest"):
    """Console to collector: all that is looked at now; on-demand probes run for these only."""

    pairs: list[tuple[str, str]]
    """(probe id, target id)."""


class Refresh(msgspec.Struct, frozen=True, tag="refresh"):
    """Console to collector: ask these targets again at once."""

    targets: list[str]


class Call(msgspec.Struct, frozen=True, tag="call"):
    """Console to collector: a request that gets one `Reply`; how `ActionPort` crosses the bus."""

    id: int
    verb: str
    body: bytes
    """msgpack; its shape belongs to the verb."""


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """Collector to console, first of all: who answers, and what it watches."""

    pid: int
    version: str
    targets: list[str]


class Samples(msgspec.Struct, frozen=True, tag="samples"):
    """Collector to console: a batch, newest per probe and target only."""

    samples: list[Sample]


class Cost(msgspec.Struct, frozen=True, array_like=True):
    """What watching one target costs, since the collector started."""

    target: str
    state: str
    """`connecting`, `up`, `retrying`."""
    answers: int
    received_bytes: int
    sent_bytes: int
    parse_seconds: float
    slowest_probe: str
    slowest_seconds: float
    """Longest time from question to answer of an asked exchange, or to parse a pushed one."""
    connects: int
    retry_in_s: float
    note: Clean
    """What was slowed down or given up, empty when nothing was."""


class Ledger(msgspec.Struct, frozen=True, tag="ledger"):
    """Collector to console, every few seconds: what the collector and each target cost."""

    cpu_percent: float
    """Of one core, since the last ledger."""
    rss_bytes: int
    dropped: int
    """Samples replaced by newer ones before they could be sent."""
    costs: list[Cost]


class Recording(msgspec.Struct, frozen=True, tag="recording"):
    """Collector to console, every few seconds: how the flight recorder stands."""

    state: str
    """`waiting`, `recording`, `shared` (another collector records), `stopped`, `off`."""
    bytes: int
    """On disk."""
    since: float | None
    """Unix time of the oldest that is there; None when nothing is."""
    dropped: int
    """Samples that were not recorded, since the collector started."""
    trouble: Clean
    """Why it stopped, or what was lost; empty when all is well."""
    folder: str = ""
    """Where it stands, on the collector's machine."""


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """Collector to console: the answer to a `Call`, or why there is none."""

    id: int
    body: bytes
    error: str


class Happened(msgspec.Struct, frozen=True, tag="happened"):
    """Collector to console, soon after it was seen: lines of the timeline."""

    occurrences: list[Occurrence]


Upward = Hello | Samples | Ledger | Reply | Progress | Standing | Alerts | Recording | Happened
"""What a collector says."""

Downward = Interest | Refresh | Call
"""What a console says."""


class CollectorEnd(Protocol):
    """The collector's end of a bus."""

    @property
    def dropped(self) -> int:
        """Samples replaced by newer ones before they could be sent."""
        ...

    def publish(self, message: Upward) -> None:
        """Queue a message; never blocks. A waiting sample gives way to a newer one of its pair."""
        ...

    async def receive(self) -> Downward:
        """Next message of the console; raises `BusClosed` when the console is gone."""
        ...

    def close(self) -> None:
        """Let go; safe to call twice."""
        ...


class ConsoleEnd(Protocol):
    """The console's end of a bus."""

    def send(self, message: Downward) -> None:
        """Queue a message; never blocks."""
        ...

    async def receive(self) -> Upward:
        """Next message of the collector; raises `BusClosed` when it is gone."""
        ...

    def close(self) -> None:
        """Let go; safe to call twice."""
        ...


class ActionPort(Protocol):
    """How a console makes anything happen; all of it is decided by the collector's executor.

    Every call raises `Refused` with the rule that said no, and `BusClosed` when the collector went.
    """

    async def options(self, things: Sequence[Thing], actions: Sequence[str]) -> list[Option]:
        """What a menu shows of these actions for these objects; asks the targets for rights."""
        ...

    async def propose(self, request: Request) -> bytes:
        """Ask for a plan (msgpack of `Plan`); nothing runs."""
        ...

    async def approve(self, approval: Approval) -> Outcome:
        """Run the plan with that hash exactly as proposed; returns when it has ended."""
        ...

    async def cancel(self, plan: str) -> None:
        """End a plan that runs or waits, where its action allows it."""
        ...

    async def arm(self, seconds: float, pattern: str) -> Standing:
        """Lift read-only for a while, for targets a glob names; 0 seconds falls back at once."""
        ...

    async def note(self, note: Note) -> None:
        """Write down what was done of a runbook."""
        ...


class Witness(Protocol):
    """How a second person is asked."""

    async def ask(self, plan: bytes, waiting: Waiting) -> str:
        """Return who approved, as the operating system knows them; raises `Refused`."""
        ...


class AlertPort(Protocol):
    """How a console takes care of alerts; what it says is shared by all of the collector's.

    Every call raises `Refused`, and `BusClosed` when the collector went.
    """

    async def acknowledge(self, alerts: Sequence[str], note: str, seconds: float) -> None:
        """Take these alerts on, by id, for so long; 0 seconds holds until they are resolved."""
        ...

    async def release(self, alerts: Sequence[str]) -> None:
        """Take acknowledgements back."""
        ...

    async def silence(self, match: str, seconds: float, reason: str) -> None:
        """Call nobody for what a filter names, for so long; its form is `alert.Silence.match`."""
        ...

    async def unsilence(self, silence: str) -> None:
        """End a silence, by id."""
        ...


class Point(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stretch of a series: its middle, and what the values in it were."""

    at: float
    """Unix time of its beginning, seconds."""
    mean: float
    low: float
    high: float


class Past(Protocol):
    """A recording that is read: of this collector, or one that somebody exported.

    May be slow: called in a thread. Raises `Unrecorded` when it cannot be read.
    """

    @property
    def span(self) -> tuple[float, float] | None:
        """Unix times of the oldest and the newest that is there; None when nothing is."""
        ...

    def pairs(self) -> list[tuple[str, str]]:
        """(probe id, target id) of all that is there."""
        ...

    def at(self, moment: float, /, pairs: Sequence[tuple[str, str]] | None = None) -> list[Sample]:
        """The newest sample of each pair at that moment, as it was when it came."""
        ...

    def between(
        self, since: float, until: float, pairs: Sequence[tuple[str, str]] | None = None
    ) -> Iterator[Sample]:
        """Samples after `since` and up to `until`, in order of time."""
        ...

    def series(
        self,
        probe: str,
        target: str,
        key: Row,
        column: str,
        since: float,
        until: float,
        points: int,
    ) -> list[Point]:
        """The course of one column of one row, in at most `points` stretches; gaps are left out."""
        ...

    def occurrences(self, since: float, until: float) -> list[Occurrence]:
        """What happened, in order of time."""
        ...

    def alerts(self, at: float, /) -> Alerts | None:
        """All alerts and silences at that moment; None where nobody told of any."""
        ...


class Recorder(Protocol):
    """Where all that comes is kept for later; never blocks, never raises."""

    def take(self, samples: Sequence[Sample]) -> None:
        """Keep samples."""
        ...

    def note(self, occurrences: Sequence[Occurrence]) -> None:
        """Keep what happened."""
        ...

    def alert(self, message: Alerts) -> None:
        """Keep what is told of alerts."""
        ...
