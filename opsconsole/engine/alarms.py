"""The console's way to the rule engine: what is said of alerts, as calls across the bus."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

ACKNOWLEDGE, RELEASE = "alert.acknowledge", "alert.release"
SILENCE, UNSILENCE = "alert.silence", "alert.unsilence"

VERBS = frozenset({ACKNOWLEDGE, RELEASE, SILENCE, UNSILENCE})


class Acknowledge(msgspec.Struct, frozen=True):
    """Body of a call that takes alerts on."""

    alerts: list[str]
    note: str
    seconds: float


class Hush(msgspec.Struct, frozen=True):
    """Body of a call for a silence."""

    match: str
    seconds: float
    reason: str


class ConsoleAlerts:
    """The console's `AlertPort`: asks the collector across the bus."""

    def __init__(self, call: Callable[[str, object], Awaitable[bytes]]) -> None:
        """`call` sends a verb with its body and returns the reply's; raises `Refused`."""
        self._call = call

    async def acknowledge(self, alerts: Sequence[str], note: str, seconds: float) -> None:
        """Take these alerts on; 0 seconds holds until they are resolved. Raises `Refused`."""
        await self._call(ACKNOWLEDGE, Acknowledge(list(alerts), note, seconds))

    async def release(self, alerts: Sequence[str]) -> None:
        """Take acknowledgements back. Raises `Refused`."""
        await self._call(RELEASE, list(alerts))

    async def silence(self, match: str, seconds: float, reason: str) -> None:
        """Call nobody for what a filter names, for so long. Raises `Refused`."""
        await self._call(SILENCE, Hush(match, seconds, reason))

    async def unsilence(self, silence: str) -> None:
        """End a silence, by id. Raises `Refused`."""
        await self._call(UNSILENCE, silence)
