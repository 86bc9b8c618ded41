"""What containers wrote: invented lines for pods that run, and lines that a test adds."""

import asyncio
import time
from dataclasses import dataclass, field

from tests.servers.kubernetes.moments import seconds

Line = tuple[float, str]
"""When it was written, and the text without its end."""


@dataclass(slots=True, eq=False)
class Log:
    """Of one container: what it wrote, and what its predecessor did."""

    lines: list[Line] = field(default_factory=list[Line])
    before: list[Line] | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def add(self, lines: list[str], at: float | None = None) -> None:
        when = time.time() if at is None else at
        self.lines += [(when, line) for line in lines]
        self.tell()

    def tell(self) -> None:
        self.woken.set()
        self.woken = asyncio.Event()


@dataclass(slots=True)
class Logs:
    """By uid of the pod and name of the container."""

    held: dict[tuple[str, str], Log] = field(default_factory=dict[tuple[str, str], Log])

    def of(self, uid: str, container: str, started: str | None = None) -> Log:
        """A container's log; ten lines are invented for one that nobody gave any."""
        key = uid, container
        if key not in self.held:
            start = seconds(started) or time.time() - 60
            lines = [(start + at, f"{container} line {at} of {uid[:8]}") for at in range(10)]
            self.held[key] = Log(lines)
        return self.held[key]

    def add(self, uid: str, container: str, lines: list[str], at: float | None) -> None:
        """What a test gives; of a log that nobody has read yet it is all there is."""
        self.held.setdefault((uid, container), Log()).add(lines, at)

    def restarted(self, uid: str, container: str) -> None:
        """What it wrote becomes what its predecessor wrote."""
        log = self.of(uid, container)
        log.before, log.lines = log.lines, []

    def ended(self, uid: str) -> None:
        """The pod has gone: followers get the end."""
        for key in [key for key in self.held if key[0] == uid]:
            log = self.held.pop(key)
            log.ended = True
            log.tell()
