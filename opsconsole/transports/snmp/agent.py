"""One agent: one question at a time, how long it takes, and how much it can answer at once."""

import asyncio

from opsconsole.errors import TargetError, Unreachable
from opsconsole.transports.snmp.engine import Community, Engine, User, report
from opsconsole.transports.snmp.faults import RECOVERED, named, of_report
from opsconsole.transports.snmp.message import BULK, REPORT, V1, V3, Pdu
from opsconsole.transports.snmp.plane import CEILING_S, Peer, Plane, Waiting

UNKNOWN_S = 1.0
"""Seconds to wait at first, while nobody knows how long it takes."""

FLOOR_S = 0.3
"""Seconds to wait at least: agents answer when their device has nothing better to do."""

PER_GET = 24
"""Objects that are asked for in one message."""

BUDGET = 60
"""Objects that one answer may bring, until the agent turns out to manage only fewer."""

MODEST = 10
"""Objects that are still asked for when an answer of more did not come."""


class Agent:
    """Reached at one address; its questions follow one another."""

    def __init__(
        self,
        target: str,
        plane: Plane,
        where: tuple[int, Peer],
        who: Community | User,
        tries: int = 4,
    ) -> None:
        """`where` is address family and address; `tries` is how often a question is sent."""
        self.target = target
        self._plane = plane
        self._family, self._peer = where
        self._user = who if isinstance(who, User) else User("")
        self._engine = Engine(who) if isinstance(who, User) else None
        self._speech = self._engine or (who if isinstance(who, Community) else Community(V1, ""))
        self._tries = tries
        self._turn = asyncio.Lock()
        self._smooth = 0.0
        self._spread = 0.0
        self.budget = BUDGET
        self.received = 0
        self.sent = 0
        self.requests = 0
        """Messages sent, those that were sent again included."""

    @property
    def place(self) -> tuple[int, Peer]:
        """Address family and address."""
        return self._family, self._peer

    @property
    def version(self) -> int:
        """As it is sent: 0, 1 or 3."""
        return self._speech.version

    @property
    def patience(self) -> float:
        """Seconds until a question is sent again."""
        if not self._smooth:
            return UNKNOWN_S
        return min(max(self._smooth + 4 * self._spread, FLOOR_S), CEILING_S)

    async def request(
        self, kind: int, first: int, second: int, asked: bytes, tries: int = 0
    ) -> Pdu:
        """Ask one question, see `message.pdu`; raises a `TargetError`.

        Whatever the agent says of its own state (another engine, a clock that was set back by a
        reboot) is taken up, and the question asked again.
        """
        async with self._turn:
            try:
                ask = self._asked if self._engine else self._exchange
                return await ask(kind, first, second, asked, tries or self._tries)
            except TargetError as error:
                known = self._speech.ready
                raise named(self.target, error, self.version == V3, known) from None

    async def _asked(self, kind: int, first: int, second: int, asked: bytes, tries: int) -> Pdu:
        assert self._engine is not None
        which = 0
        for _ in range(3):
            if not self._engine.ready:
                await self._discover(tries)
            found = await self._exchange(kind, first, second, asked, tries)
            if found.kind != REPORT:
                return found
            which = report(found)
            if which not in RECOVERED:
                break
        raise of_report(which, self._user)

    async def _exchange(self, kind: int, first: int, second: int, asked: bytes, tries: int) -> Pdu:
        number = self._plane.number()
        data = self._speech.wrap(number, kind, first, second, asked)
        return await self._sent(number, data, tries)

    async def _discover(self, tries: int) -> None:
        assert self._engine is not None
        number = self._plane.number()
        found = await self._sent(number, self._engine.discovery(number), tries)
        if not self._engine.ready:
            raise of_report(report(found), self._user)

    async def _sent(self, number: int, data: bytes, tries: int) -> Pdu:
        waiting = Waiting(self._peer, data, self._speech.accept, self.patience)
        try:
            found = await self._plane.ask(self._family, number, waiting, tries)
        finally:
            self.sent += waiting.tries * len(data)
            self.requests += waiting.tries
        self.received += len(found.body)
        if waiting.tries == 1:  # of a repeated one nobody knows which was answered
            self._took(asyncio.get_running_loop().time() - waiting.sent_at)
        elif self._smooth:
            self._spread = max(self._spread, self._smooth)
        return found

    def _took(self, seconds: float) -> None:
        if not self._smooth:
            self._smooth, self._spread = seconds, seconds / 2
        else:
            self._spread += (abs(seconds - self._smooth) - self._spread) / 4
            self._smooth += (seconds - self._smooth) / 8

    def less(self) -> bool:
        """Ask for half as much from now on; False when it is one object already."""
        if self.budget <= 1:
            return False
        self.budget //= 2
        return True

    async def bulk(self, asked: bytes, repetitions: int) -> Pdu:
        """`BULK`; sent twice only while it asks for much, since less may be answered sooner."""
        much = self.budget > MODEST
        try:
            return await self.request(BULK, 0, repetitions, asked, tries=2 if much else 0)
        except Unreachable:
            if not much:
                raise
            self.budget = MODEST
            raise Slow from None


class Slow(Exception):
    """No answer to a question for much; less is asked for from now on."""
