"""Tells people of alerts: hears what changed, sends in the background, never blocks or raises."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterable, Sequence

from opsconsole.alert import Alert, Phase
from opsconsole.channel import Channel
from opsconsole.clean import Clean, clean
from opsconsole.errors import TargetError
from opsconsole.model import Level, Target
from opsconsole.notify.digest import Digest, Message
from opsconsole.notify.sender import Send, send

_log = logging.getLogger(__name__)

FIRST, LONGEST = 2.0, 300.0
"""Seconds until the second attempt, and between attempts at most."""

RULE = "opsconsole.notify-fails"

GRACE = 5.0
"""Seconds in which what waits is still sent at the end."""


class Notifier:
    """All channels of a collector. Made and used on one event loop."""

    def __init__(
        self,
        channels: Iterable[Channel],
        targets: Iterable[Target],
        tell: Callable[[list[Alert]], None],
        sender: Send = send,
    ) -> None:
        """`tell` gets alerts about channels that fail, and again when they work."""
        known = {target.id: target for target in targets}
        self._lines = [_Line(Digest(one, known), self._trouble, sender) for one in channels]
        self._tell = tell

    def start(self) -> None:
        """Begin to send."""
        for line in self._lines:
            line.start()

    def hear(self, alerts: Sequence[Alert]) -> None:
        """Take alerts that changed."""
        for line in self._lines:
            line.hear(alerts)

    async def close(self) -> None:
        """Send what waits, for a few seconds at most, and end."""
        await asyncio.gather(*(line.close() for line in self._lines))

    def _trouble(self, alert: Alert) -> None:
        self._tell([alert])
        for line in self._lines:
            if line.name != alert.object:  # one that fails cannot tell so itself
                line.hear([alert])


class _Line:
    """One channel at work."""

    def __init__(self, digest: Digest, trouble: Callable[[Alert], None], sender: Send) -> None:
        self.name = clean(digest.channel.name)
        self._digest = digest
        self._trouble = trouble
        self._send = sender
        self._more = asyncio.Event()
        self._pause = 0.0
        self._broken: Alert | None = None
        self._task: asyncio.Task[None] | None = None
        self._sending: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def hear(self, alerts: Sequence[Alert]) -> None:
        self._digest.hear(alerts, _now())
        if self._digest.due is not None:
            self._more.set()

    async def _run(self) -> None:
        while True:
            due = self._digest.due
            self._more.clear()
            if due is None:
                await self._more.wait()
            elif (left := due - _now()) > 0:
                await asyncio.sleep(left)
            else:
                # Its own task: what is on its way at the end arrives once, and not twice.
                self._sending = asyncio.get_running_loop().create_task(self._attempt())
                await asyncio.shield(self._sending)

    async def _attempt(self) -> None:
        message = self._digest.take()
        arrived = False
        try:
            sending = self._send(self._digest.channel, message)
            # Whatever went wrong is a value here: no defect of a sender ends the line.
            (result,) = await asyncio.gather(sending, return_exceptions=True)
            arrived = not isinstance(result, BaseException)
            if isinstance(result, TargetError):
                self._failed(str(result), result.remedy)
            elif isinstance(result, BaseException):
                self._failed(f"{self.name}: {type(result).__name__}", "report it")
        finally:
            if arrived:
                self._works(message)
            else:
                self._digest.failed(message, _now(), self._pause)

    def _works(self, message: Message) -> None:
        self._digest.arrived(message, _now())
        self._pause = 0.0
        if self._broken is not None:
            over = _alert(self.name, self._broken.since, "it works again", "", Phase.RESOLVED)
            self._broken = None
            self._trouble(over)

    def _failed(self, why: str, remedy: str) -> None:
        jitter = random.uniform(0.8, 1.2)  # noqa: S311 - jitter is no secret
        self._pause = min(LONGEST, max(FIRST, 2 * self._pause)) * jitter
        _log.warning("notification not received: %s", why)
        if self._broken is None:
            self._broken = _alert(self.name, time.time(), why, remedy, Phase.OPEN)
            self._trouble(self._broken)

    async def close(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                if self._sending is not None:
                    await self._sending
                if self._digest.due is not None and self._broken is None:
                    await self._attempt()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _alert(name: Clean, since: float, why: str, remedy: str, phase: Phase) -> Alert:
    return Alert(
        id=f"{RULE}:{name}",
        rule=RULE,
        target="",
        object=name,
        key=(name,),
        probe="",
        column="",
        level=Level.CRIT,
        phase=phase,
        since=since,
        changed=time.time(),
        title=Clean("Nobody is told"),
        why=clean(why),
        value=None,
        limit=None,
        remedies=(remedy or f"opsconsole notify test {name}",),
        source=Clean("an attempt to send a notification"),
    )
