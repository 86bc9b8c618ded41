"""What a transport must offer: a session to a target, and hands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from opsconsole.errors import TargetError
from opsconsole.model import Target
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


@runtime_checkable
class Watching(Protocol):
    """A session whose target keeps us up to date about lists: `ask` begins to watch one, and its
    turns are delivered until `leave`. While it is well, something of each list is delivered at
    least every ten seconds, a `turn.Phase.BEAT` when there is nothing to say.

    An `Answer` with an error ends the watch of its list, as `leave` does: whoever still wants it
    asks again. A list that was left and is asked for again begins anew, with a `turn.Phase.FIRST`.
    """

    def leave(self, exchange: str) -> None:
        """Watch that list no more, or not yet; nothing of it is delivered afterwards. Never blocks
        or raises.
        """
        ...


@runtime_checkable
class Choosing(Protocol):
    """A session of which some list is one of many: which, is chosen before it is asked for."""

    def choose(self, exchange: str, subject: str) -> None:
        """From its next `ask` on that list is of this subject. Never blocks or raises."""
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
