"""What one target heard: the newest traps, who sent them, what was refused; told as it comes."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.transports.live import LiveSession
from opsconsole.transports.trap.belief import Belief
from opsconsole.transports.trap.notice import INFORM, Said
from opsconsole.trap import Heard, Notice, Sender, packed

EXCHANGE = "traps"

KEPT = 200
"""Notices that are kept."""

SENDERS = 1000
REASONS = 50
"""Kinds of refusals that are counted apart."""

SOON_S = 0.25
"""Seconds from a notice until it is told: what comes meanwhile is told with it."""

MINUTE = 60

BURST, PER_S = 100.0, 10.0
"""Notices of one sender that are shown at once, and each second after that."""


class TrapSession(LiveSession):
    """Listens until it is closed."""

    def __init__(
        self,
        target: Target,
        belief: Belief,
        interval: float,
        deliver: Callable[[Answer], None],
        closed: Callable[[Any], None],
    ) -> None:
        super().__init__(target.id, deliver, closed)
        self.belief = belief
        self._interval = interval
        self._since = time.time()
        self._number = 0
        self._traps = self._informs = self._flooded = self._again = 0
        self._refused: dict[str, int] = {}
        self._senders: OrderedDict[str, Sender] = OrderedDict()
        self._allowed: dict[str, tuple[float, float]] = {}
        self._notices: deque[Notice] = deque(maxlen=KEPT)
        self._seconds: deque[list[int]] = deque(maxlen=MINUTE + 1)
        self._received = self._sent = 0
        self._timer = asyncio.get_running_loop().call_soon(self._beat)
        self._soon = False

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of notices that were believed, and of answers."""
        return self._received, self._sent

    def take(self, found: Said, source: str, version: int) -> None:
        """One that is believed."""
        self._received += len(found.content)
        inform = found.kind == INFORM
        self._informs += inform
        self._traps += not inform
        self._count()
        self._sender(source).believed += 1
        if not self._room(source):
            self._flooded += 1
            return
        now = time.time()
        self._number = max(self._number + 1, int(now * 1000))
        user = self.belief.name.decode(errors="replace") if version == 3 else ""
        self._notices.append(
            Notice(
                self._number,
                now,
                source,
                version,
                inform,
                user,
                found.oid,
                found.uptime,
                found.agent,
                found.body,
                found.cut,
            )
        )
        self._hurry()

    def repeat(self, source: str) -> None:
        """An inform that was told already."""
        self._again += 1
        self._sender(source)

    def refuse(self, source: str, why: str) -> None:
        """One that is not believed."""
        why = why[:100]
        if why not in self._refused and len(self._refused) >= REASONS:
            why = "others"
        self._refused[why] = self._refused.get(why, 0) + 1
        sender = self._sender(source)
        sender.refused += 1
        sender.why = why

    def wrote(self, count: int) -> None:
        """So many bytes of an answer."""
        self._sent += count

    def _count(self) -> None:
        second = int(time.monotonic())
        if not self._seconds or self._seconds[-1][0] != second:
            self._seconds.append([second, 0])
        self._seconds[-1][1] += 1

    def _recent(self) -> int:
        since = int(time.monotonic()) - MINUTE
        return sum(count for second, count in self._seconds if second > since)

    def _sender(self, source: str) -> Sender:
        found = self._senders.get(source)
        if found is None:
            found = self._senders[source] = Sender(source)
            if len(self._senders) > SENDERS:
                gone, _ = self._senders.popitem(last=False)
                self._allowed.pop(gone, None)
        self._senders.move_to_end(source)
        found.at = time.time()
        return found

    def _room(self, source: str) -> bool:
        """Whether one more of this sender is shown."""
        now = time.monotonic()
        left, at = self._allowed.get(source, (BURST, now))
        left = min(BURST, left + (now - at) * PER_S)
        self._allowed[source] = (max(0.0, left - 1), now)
        return left >= 1

    def _hurry(self) -> None:
        if not self._soon:
            self._soon = True
            self._again_in(SOON_S)

    def _again_in(self, seconds: float) -> None:
        self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._beat)

    def _beat(self) -> None:
        """Tell what there is; without anything new as well, so that one sees that it listens."""
        self._soon = False
        self._tell()
        if not self.over:
            self._again_in(self._interval)

    def _tell(self) -> None:
        heard = Heard(
            self._since,
            self._traps,
            self._informs,
            self._recent(),
            self._refused,
            self._flooded,
            self._again,
            list(self._senders.values()),
            list(self._notices),
        )
        self._give(Answer(EXCHANGE, packed(heard), time.time()))

    async def _answer(self, exchange: str) -> None:
        if exchange == EXCHANGE:
            self._tell()
        else:
            self._give(Answer(exchange, b"", time.time(), self._unknown(exchange)))

    async def _let_go(self) -> None:
        self._timer.cancel()
