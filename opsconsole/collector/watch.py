"""Watches one target: keeps a session open, its questions asked and its answers read."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from opsconsole.clean import clean
from opsconsole.collector.asking import STRIKES, Asking
from opsconsole.collector.following import SILENT, Following
from opsconsole.collector.hands import Hands
from opsconsole.collector.lane import RARE, Lane, Questions, fault_of
from opsconsole.collector.meter import Meter
from opsconsole.collector.pace import Backoff
from opsconsole.collector.watched import WatchedLane
from opsconsole.collector.wheel import TICK
from opsconsole.errors import Lost, Malformed, TargetError, Unreachable, Unsupported
from opsconsole.model import Fault, Sample, Target
from opsconsole.ports import Answer, Cost, Session
from opsconsole.question import Script
from opsconsole.spec import Probe

_log = logging.getLogger(__name__)

SILENT_PERIODS = 5
SILENT_AT_LEAST = 5.0
"""Seconds. A target that pushes is silent after that many periods, never sooner than this."""

OPENING = 180.0
"""Seconds to open a session, waiting for a turn at a jump host included."""

CLOSING = 3.0
"""Seconds a session has to close before it is left to itself."""

PROVEN = 10.0
"""Seconds a session must last before the next failure counts as the first."""

AFTERWARDS = 0.2
"""Seconds between the last data of a lost target and the word that it is lost."""


class Watch:
    """One target. Runs as one task; everything else is a callback."""

    def __init__(
        self,
        target: Target,
        script: Script,
        questions: Questions,
        hands: Hands,
        paces: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """`script` is what its transport does, `questions` what `by_exchange` says of the kind;
        `paces` are seconds by probe, for rules that need an on-demand probe while nobody looks.
        """
        self.target = target
        self._hands = hands
        self._meter = Meter()
        self._script = script
        self._lanes = {
            exchange.name: Lane(target, exchange, probes, self._meter, paces)
            for exchange, probes in questions
            if not exchange.watched
        }
        self._followings = self._follow(questions, paces)
        self._beside = _catalogue(questions if self._followings else ())
        self._askings = {
            name: Asking(lane, hands.wheel, hands.uniform, self._missed, hands.spread)
            for name, lane in self._lanes.items()
            if not lane.exchange.pushed
        }
        self._pushed = next((one for one in self._lanes.values() if one.exchange.pushed), None)
        self._backoff = Backoff(hands.uniform)
        self._task: asyncio.Task[None] | None = None
        self._session: Session | None = None
        self._fault: Fault | None = None
        self._why: TargetError | None = None
        self._patience = asyncio.timeout(None)
        self._hurried = False
        self._resting: asyncio.Future[None] | None = None
        self._hearing = False
        self._heard = self._spoke = self._opened = self._retry_at = 0.0
        self._state = "connecting"
        self._past_traffic = (0, 0)

    def _follow(self, questions: Questions, paces: Mapping[str, float]) -> dict[str, Following]:
        followings: dict[str, Following] = {}
        for exchange, probes in questions:
            if exchange.watched:
                lane = WatchedLane(self.target, exchange, probes, self._meter, paces)
                following = Following(self.target.id, lane, self._hands, self._unheard)
                followings[exchange.name] = following
        return followings

    @property
    def _cadences(self) -> tuple[Asking | Following, ...]:
        """What keeps its exchanges answered, besides what is pushed."""
        return *self._askings.values(), *self._followings.values()

    def start(self, delay: float) -> None:
        """Begin watching after `delay` seconds."""
        self._task = asyncio.get_running_loop().create_task(self._run(delay))

    async def close(self) -> None:
        """End the session and everything it runs on the target."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def want(
        self, probes: frozenset[str], subjects: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Read these on-demand probes from now on; what is known of them is told at once.

        `subjects`: of which of many those are that are of one, by probe.
        """
        followings = self._followings.values()
        mine = [lane.probes for lane in self._lanes.values()]
        strangers = probes.difference(*mine, *(one.lane.probes for one in followings))
        if strangers:
            self._disown(strangers)
        for following in followings:
            mine_of = (subjects[one] for one in following.lane.probes if one in subjects)
            following.want(probes, next(mine_of, ""))
        probes = probes.union(*(one.lane.beside for one in followings))
        known: list[Sample] = []
        for name, lane in self._lanes.items():
            was_idle = lane.idle
            was_seen = lane.seen
            known += lane.want(probes)
            if name in self._askings:
                self._askings[name].want(wanted=not lane.idle)
                if lane.seen and not was_seen and lane.exchange.every >= RARE:
                    self._askings[name].at_once()  # who looks does not wait for a rare answer
            if lane.idle and not was_idle:
                self._hands.wheel.after(3 * lane.period, lane.forget_if_idle)
        if known:
            self._hands.publish(known)
        if self._fault is not None:
            self._hands.wheel.after(AFTERWARDS if known else 0.0, self._tell_fault)

    def refresh(self) -> None:
        """Ask everything again now; try to reach a lost target now."""
        self._backoff.reset()
        self._hurried = True
        if self._resting is not None and not self._resting.done():
            self._resting.set_result(None)
        for one in self._cadences:
            one.at_once()

    def cost(self) -> Cost:
        """What watching this target cost so far."""
        meter = self._meter
        received, sent = self._traffic()
        retry = self._retry_at - self._hands.wheel.now() if self._state == "retrying" else 0.0
        notes = [one.note for one in self._cadences if one.note]
        return Cost(
            target=self.target.id,
            state=self._state,
            answers=meter.answers,
            received_bytes=received,
            sent_bytes=sent,
            parse_seconds=meter.parse_seconds,
            slowest_probe=meter.slowest_probe,
            slowest_seconds=meter.slowest_seconds,
            connects=meter.connects,
            retry_in_s=max(0.0, retry),
            note=clean("; ".join(notes)),
        )

    async def _run(self, delay: float) -> None:
        await asyncio.sleep(delay)
        wheel = self._hands.wheel
        while True:
            self._state = "connecting"
            self._hurried = False
            pause = self._backoff.next(await self._serve())
            self._state = "retrying"
            self._retry_at = wheel.now() + pause
            if not self._hurried:
                await self._rest(pause)

    async def _rest(self, seconds: float) -> None:
        """Return after that time, or as soon as there is a hurry."""
        # A future, and only while it is needed: an event is 800 bytes, for each of thousands.
        self._resting = asyncio.get_running_loop().create_future()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._resting
        self._resting = None

    async def _serve(self) -> TargetError:
        """Live through one session, tell why it ended, and close it; returns why."""
        try:
            error = await self._live()
            self._hearing = False
            self._fault = fault_of(error)
            self._tell_fault()
            return error
        finally:
            session = self._finish()
            if session is not None:
                await self._close(session)

    async def _live(self) -> TargetError:
        try:
            session = await self._open()
            self._begin(session)
            return await self._end_of(session)
        except TargetError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a stranger's transport may raise anything
            what = f"{self.target.id}: transport {self.target.transport}"
            return TargetError(f"{what}: {type(error).__name__}: {error}", "report it")

    async def _open(self) -> Session:
        for lane in self._lanes.values():
            lane.restart()
        self._hearing = True
        interval = self._pushed.period if self._pushed else min(self._periods(), default=1.0)
        transport = self._hands.transports.get(self.target.transport)
        patience = asyncio.timeout(OPENING)
        try:
            async with patience:
                return await transport.open(self.target, self._script, interval, self._deliver)
        except TimeoutError as error:
            if not patience.expired():
                raise
            late = f"{self.target.id}: not reached within {OPENING:g} s"
            raise Unreachable(late) from error

    def _periods(self) -> list[float]:
        return [lane.period for lane in self._lanes.values()]

    def _begin(self, session: Session) -> None:
        self._session = session
        self._why = None
        self._state = "up"
        self._meter.connects += 1
        self._heard = self._spoke = self._opened = self._hands.wheel.now()
        for one in self._cadences:
            one.begin(session)
        if self._pushed:
            self._listen(session)

    async def _end_of(self, session: Session) -> TargetError:
        """Wait until the session ends or is given up; returns why."""
        try:
            async with asyncio.timeout(None) as self._patience:
                await session.ended()
        except TimeoutError:
            if not self._patience.expired():
                raise
        return self._why or Lost(f"{self.target.id}: the session was closed")

    def _give_up(self, why: TargetError) -> None:
        """End the session for a reason it does not know itself."""
        if self._session is not None and self._why is None:
            self._why = why
            self._patience.reschedule(asyncio.get_running_loop().time())

    def _finish(self) -> Session | None:
        """Let go of the session, if there is one, and return it."""
        session = self._session
        if session is not None:
            self._past_traffic = self._traffic()
            self._session = None
            for one in self._cadences:
                one.end()
            if self._hands.wheel.now() - self._opened > PROVEN:
                self._backoff.reset()
        return session

    async def _close(self, session: Session) -> None:
        try:
            async with asyncio.timeout(CLOSING):
                await session.close()
        except Exception as error:  # noqa: BLE001 - it is over anyway, and the watch goes on
            _log.info("%s: its session did not close: %r", self.target.id, error)

    def _deliver(self, answer: Answer) -> None:
        if not self._hearing:  # the session is being closed
            return
        self._spoke = self._hands.wheel.now()
        if answer.exchange in self._followings:
            self._fault = None
            self._meter.answers += 1
            self._followings[answer.exchange].take(answer)
            return
        lane = self._lanes.get(answer.exchange)
        if lane is None:
            self._give_up(Malformed(f"{self.target.id}: answered {answer.exchange!r}: never asked"))
            return
        self._fault = None
        self._meter.answers += 1
        if lane is self._pushed:
            self._heard = self._hands.wheel.now()
        else:
            took = self._askings[answer.exchange].answered()
            if took is not None and lane.active:
                self._meter.answered(lane.active[0], took)
        if answer.error is None and lane.exchange.cut is not None:
            self._go_on(self._cut(lane, answer), self._session)
            return
        if answer.error is not None:
            fault = fault_of(answer.error)
            samples, aside = lane.faults(fault, answer.at), lane.aside_faults(fault, answer.at)
        else:
            samples, aside = lane.take(answer), lane.aside(answer)
        if samples:
            self._hands.publish(samples)
            self._go_on(self._use(samples), self._session)
        if aside:
            self._hands.tell(aside)

    def _cut(self, lane: Lane, answer: Answer) -> Iterator[None]:
        """Take an answer that is megabytes, some of it at a time."""
        samples = yield from lane.pieces(answer)
        if samples:
            self._hands.publish(samples)
            yield from self._use(samples)
        if aside := lane.aside(answer):
            self._hands.tell(aside)

    def _use(self, samples: list[Sample]) -> Iterator[None]:
        """Lay rows beside those of watched lists that want them."""
        for sample in samples:
            wanting = [one for one in self._followings.values() if sample.probe in one.lane.beside]
            if wanting and sample.rows is not None:
                probe = self._beside[sample.probe]
                for following in wanting:
                    yield from following.use(probe, sample.rows)

    def _go_on(self, steps: Iterator[None], session: Session | None) -> None:
        """Take a step now, and each other one when all else that waits has had its turn."""
        if session is self._session and next(steps, True) is None:
            asyncio.get_running_loop().call_soon(self._go_on, steps, session)

    def _listen(self, session: Session) -> None:
        """Give up a session that pushes nothing any more."""
        if session is not self._session or self._pushed is None:
            return
        wheel = self._hands.wheel
        limit = max(SILENT_AT_LEAST, SILENT_PERIODS * self._pushed.period)
        if self._heard + limit - wheel.now() > TICK:
            wheel.at(self._heard + limit, partial(self._listen, session))
        else:
            self._give_up(Unreachable(f"{self.target.id}: silent for {limit:.0f} s"))

    def _unheard(self, following: Following, error: Unreachable) -> None:
        """A list is silent: begin it again, or try another session when all else is silent too."""
        if self._hands.wheel.now() - self._spoke >= SILENT - 2 * TICK:
            self._give_up(error)
        else:
            following.fail(error, self._hands.wall())

    def _missed(self, asking: Asking, error: Unreachable) -> None:
        """Tell that an asked exchange did not answer; the third time, try another session."""
        error = Unreachable(f"{self.target.id}: {error}")
        fault, at = fault_of(error), self._hands.wall()
        self._hands.publish(asking.lane.faults(fault, at))
        self._hands.tell(asking.lane.aside_faults(fault, at))
        if asking.strikes >= STRIKES:
            self._give_up(error)

    def _tell_fault(self) -> None:
        """Say of everything that is read here why there is no answer."""
        if self._fault is not None:
            at = self._hands.wall()
            for lane in self._lanes.values():
                self._hands.publish(lane.faults(self._fault, at))
                self._hands.tell(lane.aside_faults(self._fault, at))
            for following in self._followings.values():
                following.tell_fault(self._fault, at)

    def _disown(self, probes: frozenset[str]) -> None:
        for probe in probes:
            fault = fault_of(Unsupported(f"{self.target.id}: a {self.target.kind} has no {probe}"))
            at = self._hands.wall()
            self._hands.publish([Sample(probe, self.target.id, at, None, fault, 60.0)])

    def _traffic(self) -> tuple[int, int]:
        received, sent = self._past_traffic
        if self._session is not None:
            more = self._session.traffic
            return received + more[0], sent + more[1]
        return received, sent


def _catalogue(questions: Questions) -> Mapping[str, Probe[Any]]:
    """Probes of a kind by id."""
    return {name: probe for _, known in questions for name, probe in known.items()}
