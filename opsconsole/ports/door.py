"""How a console makes anything happen, and where that is written down."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from opsconsole.plan import Approval, Note, Option, Outcome, Request, Standing, Thing, Waiting
from opsconsole.ports.message import Opened, Passage


class AuditSink(Protocol):
    """Where every plan, refusal, start and outcome is written before it counts."""

    def append(self, kind: str, body: Mapping[str, object]) -> str:
        """Write a record, on disk when this returns; returns its hash.

        `body` holds text, numbers, flags, None, and lists and tables of them. Raises
        `Unauditable` when it cannot be written: nothing may be done then.
        """
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


class TextPort(Protocol):
    """How a console reads texts of objects: logs, definitions.

    Every call raises `Refused`, and `BusClosed` when the collector went.
    """

    async def open(
        self, inquiry: str, things: Sequence[Thing], arguments: Mapping[str, str], reason: str = ""
    ) -> Opened:
        """Begin to read; `reason` is needed where it reveals a secret."""
        ...

    async def more(self, text: int) -> Passage:
        """What came since the last call; waits for some seconds when nothing did."""
        ...

    async def close(self, text: int) -> None:
        """Stop reading it."""
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
