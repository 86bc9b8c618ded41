"""The door to actions while a replay shows what is over: shut, whoever knocks."""

from collections.abc import Callable, Sequence

from opsconsole.errors import Refused
from opsconsole.plan import Approval, Note, Option, Outcome, Request, Standing, Thing
from opsconsole.ports import ActionPort, AlertPort
from screens.shell.replay.scrub import BARRED


class LiveOnly:
    """An `ActionPort` that refuses all but ending what runs, while `barred` says so."""

    def __init__(self, port: ActionPort, barred: Callable[[], bool]) -> None:
        self._port = port
        self._barred = barred

    def _must_be_live(self) -> None:
        if self._barred():
            raise Refused(BARRED, "replay")

    async def options(self, things: Sequence[Thing], actions: Sequence[str]) -> list[Option]:
        """See `ActionPort`."""
        self._must_be_live()
        return await self._port.options(things, actions)

    async def propose(self, request: Request) -> bytes:
        """See `ActionPort`."""
        self._must_be_live()
        return await self._port.propose(request)

    async def approve(self, approval: Approval) -> Outcome:
        """See `ActionPort`."""
        self._must_be_live()
        return await self._port.approve(approval)

    async def cancel(self, plan: str) -> None:
        """See `ActionPort`; never refused here."""
        await self._port.cancel(plan)

    async def arm(self, seconds: float, pattern: str) -> Standing:
        """See `ActionPort`."""
        self._must_be_live()
        return await self._port.arm(seconds, pattern)

    async def note(self, note: Note) -> None:
        """See `ActionPort`."""
        self._must_be_live()
        await self._port.note(note)


class LiveAlerts:
    """An `AlertPort` that refuses while `barred` says so."""

    def __init__(self, port: AlertPort, barred: Callable[[], bool]) -> None:
        self._port = port
        self._barred = barred

    def _live(self) -> AlertPort:
        if self._barred():
            raise Refused(BARRED, "replay")
        return self._port

    async def acknowledge(self, alerts: Sequence[str], note: str, seconds: float) -> None:
        """See `AlertPort`."""
        await self._live().acknowledge(alerts, note, seconds)

    async def release(self, alerts: Sequence[str]) -> None:
        """See `AlertPort`."""
        await self._live().release(alerts)

    async def silence(self, match: str, seconds: float, reason: str) -> None:
        """See `AlertPort`."""
        await self._live().silence(match, seconds, reason)

    async def unsilence(self, silence: str) -> None:
        """See `AlertPort`."""
        await self._live().unsilence(silence)
