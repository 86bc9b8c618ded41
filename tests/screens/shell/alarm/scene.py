"""Alerts made by hand, and a collector that takes down who cares for them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from opsconsole.alert import Acknowledgement, Alert, Alerts, Phase
from opsconsole.clean import Clean
from opsconsole.errors import Refused
from opsconsole.model import Level, Value
from tests.screens.shell.stage import Stage


def alert(
    name: str = "disk",
    target: str = "web-1",
    level: Level = Level.CRIT,
    *,
    age: float = 600.0,
    key: tuple[Value, ...] = (Clean("/var"),),
    **changes: object,
) -> Alert:
    """An open alert on a filesystem, unless said otherwise."""
    now = time.time()
    wanted: dict[str, object] = {
        "id": f"{name} {target} {' '.join(map(str, key))}".rstrip(),
        "rule": f"host.{name}",
        "target": target,
        "object": Clean(" ".join(map(str, key))),
        "key": key,
        "probe": "host.filesystem",
        "column": "used_percent",
        "level": level,
        "phase": Phase.OPEN,
        "since": now - age,
        "changed": now - age,
        "title": Clean("Disk is full"),
        "why": Clean("used 97.2 % over 90 %"),
        "value": 97.2,
        "limit": 90.0,
        "remedies": ("Move what nobody needs elsewhere.",),
        "source": Clean("our own experience"),
    }
    return Alert(**{**wanted, **changes})  # type: ignore[arg-type]


def taken(who: str = "bob", until: float = 0.0, note: str = "on it") -> Acknowledgement:
    """Somebody who took an alert on."""
    return Acknowledgement(Clean(who), time.time(), until, Clean(note))


async def say(on: Stage, *alerts: Alert, whole: bool = True) -> None:
    """Let the collector say what alerts there are, and draw it."""
    on.bus.publish(Alerts(list(alerts), whole, None))
    await on.settle()


@dataclass
class Desk:
    """Where acknowledgements and silences arrive."""

    asked: list[tuple[object, ...]] = field(default_factory=list[tuple[object, ...]])
    refuses: str = ""
    """Why it refuses everything."""

    def _take(self, *words: object) -> None:
        if self.refuses:
            raise Refused(self.refuses, "alerts.read-only")
        self.asked.append(words)

    async def acknowledge(self, alerts: Sequence[str], note: str, seconds: float) -> None:
        """Take it down."""
        self._take("acknowledge", tuple(alerts), note, seconds)

    async def release(self, alerts: Sequence[str]) -> None:
        """Take it down."""
        self._take("release", tuple(alerts))

    async def silence(self, match: str, seconds: float, reason: str) -> None:
        """Take it down."""
        self._take("silence", match, seconds, reason)

    async def unsilence(self, silence: str) -> None:
        """Take it down."""
        self._take("unsilence", silence)
