"""A collector on a clock that only moves when nothing is left to do, and targets to order."""

import asyncio
import random
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, Self

from opsconsole.bus import memory
from opsconsole.collector import Collector
from opsconsole.errors import BusClosed, Lost, Malformed, TargetError
from opsconsole.model import Column, Quantity, Row, Sample, Target
from opsconsole.ports import Answer, Call, Interest, Ledger, Patch, Patches, Refresh, Reply, Samples
from opsconsole.question import Script
from opsconsole.spec import Exchange, Integration, Probe, Program

START = 1000.0


class _Selector(selectors.SelectSelector):
    """Never sleeps: when there is nothing to read, the time that would pass has passed."""

    now = START

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if not events:
            if timeout is None:
                raise RuntimeError("everybody waits, and nothing will ever happen")
            self.now += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on which an hour takes no time."""

    def __init__(self) -> None:
        self._clock = _Selector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def play(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a test on virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(main())


def now() -> float:
    """Seconds since the test began."""
    return asyncio.get_running_loop().time() - START


def wall() -> float:
    return now() + 1_000_000.0


class FakeSession:
    """A session that does what the test says, and notes what it was asked."""

    def __init__(self, target: Target, deliver: Callable[[Answer], None], interval: float) -> None:
        self.target = target
        self.interval = interval
        self.asked: list[tuple[str, float]] = []
        self.on_ask: Callable[[str], float | None] = lambda _: 0.0
        """Seconds until the answer to a question; None for never."""
        self.payload: Callable[[str], bytes] = lambda _: b"1"
        self.closed = False
        self.close_takes = 0.0
        self.traffic = (0, 0)
        self._deliver = deliver
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def push(self, payload: bytes | None = None, exchange: str = "tick") -> None:
        if not self.closed:
            data = self.payload(exchange) if payload is None else payload
            self.traffic = (self.traffic[0] + len(data), self.traffic[1])
            self._deliver(Answer(exchange, data, wall()))

    def deliver(self, answer: Answer) -> None:
        self._deliver(answer)

    def ask(self, exchange: str) -> None:
        if self._over.done():
            raise Lost("over")
        self.asked.append((exchange, now()))
        delay = self.on_ask(exchange)
        if delay is not None:
            asyncio.get_running_loop().call_later(delay, self.push, None, exchange)

    def times(self, exchange: str) -> list[float]:
        return [when for name, when in self.asked if name == exchange]

    def end(self, error: TargetError) -> None:
        if not self._over.done():
            self._over.set_exception(error)

    async def ended(self) -> None:
        await asyncio.shield(self._over)

    async def close(self) -> None:
        self.closed = True
        if not self._over.done():
            self._over.set_result(None)
        else:
            self._over.exception()
        await asyncio.sleep(self.close_takes)


class FakeTransport:
    """Opens sessions; `answers` says for each target how the next attempts end."""

    name = "fake"

    def __init__(self) -> None:
        self.sessions: dict[str, list[FakeSession]] = {}
        self.attempts: dict[str, list[float]] = {}
        self.refuse: dict[str, Callable[[int], Exception | None]] = {}
        """Error of the n-th attempt at a target."""
        self.hangs: set[str] = set()
        self.pushes = True
        self.prepare: Callable[[FakeSession], None] = lambda _: None
        self.wrap: Callable[[FakeSession], FakeSession] = lambda session: session

    def get(self, name: str) -> "FakeTransport":
        assert name == "fake"
        return self

    async def open(
        self, target: Target, script: Script, interval: float, deliver: Callable[[Answer], None]
    ) -> FakeSession:
        attempts = self.attempts.setdefault(target.id, [])
        attempts.append(now())
        if target.id in self.hangs:
            await asyncio.sleep(1e9)
        refuse = self.refuse.get(target.id)
        error = refuse(len(attempts)) if refuse else None
        if error is not None:
            raise error
        assert script == "the script"
        session = self.wrap(FakeSession(target, deliver, interval))
        self.prepare(session)
        self.sessions.setdefault(target.id, []).append(session)
        if self.pushes:
            asyncio.get_running_loop().call_soon(self._push, session)
        return session

    def _push(self, session: FakeSession) -> None:
        if not session.closed and self.pushes:
            session.push()
            asyncio.get_running_loop().call_later(session.interval, self._push, session)

    async def close(self) -> None:
        return None


def read(payload: bytes) -> int:
    if payload == b"crash":
        raise ZeroDivisionError("what a parser\x1b[2J")
    if not payload.isdigit():
        raise Malformed("not a number", "look at it")
    return int(payload)


def rows(reading: int, before: int | None) -> list[Row]:
    return [(reading, None if before is None else reading - before)]


def cautious(reading: int, before: int | None) -> list[Row]:
    if reading == 13:
        raise Malformed("unlucky")
    return rows(reading, before)


COLUMNS = (
    Column("count", "COUNT", Quantity.COUNT, "it"),
    Column("change", "CHANGE", Quantity.COUNT, "it"),
)


def probe(
    id_: str,
    exchange: str,
    rows: Callable[[int, int | None], list[Row]] = rows,
    *,
    on_demand: bool = True,
    quiet: bool = False,
) -> Probe[int]:
    return Probe(id_, id_, exchange, COLUMNS, (), read, rows, on_demand, quiet)


BOX = Integration(
    "box",
    "Box",
    (
        Exchange("tick", 2.0, pushed=True),
        Exchange("slow", 30.0),
        Exchange("list", 3.0, on_demand=True),
    ),
    (
        probe("box.pulse", "tick", on_demand=False),
        probe("box.luck", "tick", cautious, on_demand=False),
        probe("box.detail", "tick"),
        probe("box.health", "slow", on_demand=False),
        probe("box.whisper", "tick", on_demand=False, quiet=True),
        probe("box.things", "list"),
        probe("box.more", "list"),
    ),
    Program("the script"),
)


class Scene:
    """A running collector with targets a, b, c, … and everything its console has received."""

    def __init__(
        self,
        targets: int = 1,
        intervals: dict[str, float] | None = None,
        paces: dict[str, float] | None = None,
        integration: Integration = BOX,
    ) -> None:
        self.transport = FakeTransport()
        self.samples: list[Sample] = []
        self.patches: list[Patch] = []
        self.ledgers: list[Ledger] = []
        self.calls: list[Call] = []
        self.heard: list[Sample] = []
        end, self.console = memory.pair()
        names = [chr(ord("a") + i) if targets <= 26 else f"t{i}" for i in range(targets)]
        estate = [Target(name, "box", "fake", intervals=intervals or {}) for name in names]
        self.collector = Collector(
            estate,
            {"box": integration},
            self.transport,
            end,
            call=self.calls.append,
            hear=(self.heard.extend,),
            paces={name: paces or {} for name in names},
            rng=random.Random(7),
            wall=wall,
        )
        self._tasks: list[asyncio.Task[Any]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.ensure_future(self._run()), asyncio.ensure_future(self._read())]
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.console.close()
        await asyncio.gather(*self._tasks)

    async def _run(self) -> None:
        assert "console is gone" in await self.collector.run()
        await self.collector.close()

    async def _read(self) -> None:
        try:
            while True:
                message = await self.console.receive()
                if isinstance(message, Samples):
                    self.samples += message.samples
                elif isinstance(message, Patches):
                    self.patches += message.patches
                elif isinstance(message, Ledger):
                    self.ledgers.append(message)
                else:
                    assert not isinstance(message, Reply)
        except BusClosed:
            return

    def look(self, *pairs: tuple[str, str]) -> None:
        self.console.send(Interest(list(pairs)))

    def refresh(self, *targets: str) -> None:
        self.console.send(Refresh(list(targets)))

    def session(self, target: str = "a") -> FakeSession:
        return self.transport.sessions[target][-1]

    def of(self, probe: str, target: str = "a", since: float = 0.0) -> list[Sample]:
        """Samples of a probe, in order of arrival."""
        return [
            each
            for each in self.samples
            if (each.probe, each.target) == (probe, target) and each.at >= since + 1_000_000.0
        ]

    def values(self, probe: str, target: str = "a", since: float = 0.0) -> list[object]:
        """Rows of a probe's samples, or the text of their faults."""
        return [
            each.fault.message if each.fault else each.rows and each.rows[0]
            for each in self.of(probe, target, since)
        ]
