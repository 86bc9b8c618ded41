"""Asks one exchange of one target on time, and never twice at once."""

import math
from collections.abc import Callable
from functools import partial

from opsconsole.clean import Clean, clean
from opsconsole.collector.lane import RARE, Lane
from opsconsole.collector.pace import Pace
from opsconsole.collector.wheel import TICK, Wheel
from opsconsole.errors import TargetError, Unreachable
from opsconsole.ports import Session

STRIKES = 3
"""Timeouts in a row after which the session is given up."""

JITTER = 0.05
"""Share of a period by which a question may come early, so that targets do not march in step."""

SECOND = 1.0
"""Seconds to the second question of somebody who has just begun to look: rates need two."""

PENALTY, LONGEST_PENALTY = 60.0, 1800.0
"""Seconds an exchange rests that took a session down. Each reopening may leave a stuck process
on the target (a `df` on a dead mount), so that they must become few."""

NEVER = math.inf


class Asking:
    """The cadence of one lane whose exchange is asked."""

    __slots__ = (
        "_asked_at",
        "_late_at",
        "_looked",
        "_looks_late",
        "_missed",
        "_penalty",
        "_rests_until",
        "_session",
        "_spread",
        "_turn",
        "_uniform",
        "_wanted",
        "_wheel",
        "lane",
        "pace",
        "strikes",
    )

    def __init__(
        self,
        lane: Lane,
        wheel: Wheel,
        uniform: Callable[[float, float], float],
        missed: Callable[["Asking", Unreachable], None],
        spread: float = 0.0,
    ) -> None:
        """`spread` are seconds over which a fleet's first rare questions are asked."""
        self.lane = lane
        self.pace = Pace(lane.period)
        self.strikes = 0
        self._wheel = wheel
        self._uniform = uniform
        self._missed = missed
        self._spread = spread
        self._session: Session | None = None
        self._looked = not lane.exchange.on_demand
        self._wanted = self._looked or lane.pace is not None
        self._asked_at: float | None = None
        self._turn = 0
        self._late_at = NEVER
        self._looks_late = False
        self._penalty = 0.0
        self._rests_until = 0.0

    @property
    def note(self) -> Clean:
        """What is done less often than asked for, and why; empty when nothing is."""
        name = self.lane.exchange.name
        rest = self._rests_until - self._wheel.now()
        if self._session is not None and self._asked_at is None and rest > 0:
            return clean(f"{name} rests for {rest:.0f} s: it did not answer {STRIKES} times")
        if self.pace.slowed:
            period, took = self.pace.period, self.pace.took
            return clean(f"{name} every {period:g} s: an answer took {took:.1f} s")
        return Clean("")

    def begin(self, session: Session) -> None:
        """Ask this session from now on."""
        self._session = session
        self._asked_at = None
        self.strikes = 0
        if self._wanted:
            exchange = self.lane.exchange
            hurried = exchange.every < RARE or exchange.on_demand or self.lane.seen
            pause = 0.0 if hurried else self._uniform(0.0, self._spread)
            self._next(max(self._wheel.now() + pause, self._rests_until))

    def end(self) -> None:
        """Ask nobody: the session is over."""
        self._session = None
        self._asked_at = None
        self._turn += 1

    def want(self, wanted: bool) -> None:
        """Start or stop asking an exchange that is asked on demand; rules go on at their pace."""
        if wanted == self._looked or not self.lane.exchange.on_demand:
            return
        self._looked = wanted
        self._wanted = wanted or self.lane.pace is not None
        if not wanted:
            if not self._wanted:
                self._turn += 1
                self._late_at = NEVER
        elif self._session is not None:
            if self._asked_at is None:
                self._next(max(self._wheel.now(), self._rests_until))
            else:
                self._expect()

    def at_once(self) -> None:
        """Ask now, whatever the cadence says, unless an answer is already awaited."""
        self._rests_until = 0.0
        if self._wanted and self._session is not None and self._asked_at is None:
            self._ask()

    def answered(self) -> float | None:
        """Note the answer; returns the seconds it took, None when nothing had been asked."""
        if self._asked_at is None:
            return None
        asked, now = self._asked_at, self._wheel.now()
        self._asked_at = None
        self.strikes = 0
        self._penalty = 0.0
        self.pace.answered(now - asked)
        self.lane.period = self.pace.period
        period = self.pace.period * self._uniform(1.0 - JITTER, 1.0)
        if not self._looked:
            period = max(period, self.lane.pace or 0.0)
        elif self.lane.exchange.on_demand and self.lane.first:
            period = min(period, SECOND)
        if self._wanted:
            self._next(max(now, asked + period))
        return now - asked

    def _next(self, when: float) -> None:
        self._turn += 1
        if when <= self._wheel.now():
            self._ask()
        else:
            self._wheel.at(when, partial(self._due, self._turn))

    def _due(self, turn: int) -> None:
        if turn == self._turn:
            self._ask()

    def _ask(self) -> None:
        if self._session is None:
            return
        try:
            self._session.ask(self.lane.exchange.name)
        except TargetError:  # the session's own end says why
            return
        self._asked_at = self._wheel.now()
        self._expect()

    def _expect(self) -> None:
        self._turn += 1
        self._late_at = self._wheel.now() + self.lane.exchange.timeout
        self._look_late()

    def _look_late(self) -> None:
        """Have one call due that looks whether an answer is late: one for each would wake us up."""
        if not self._looks_late:
            self._looks_late = True
            self._wheel.at(self._late_at, self._late)

    def _late(self) -> None:
        """Nothing came. It is not asked again: a stuck question would only queue another."""
        self._looks_late = False
        if self._asked_at is None or self._late_at == NEVER:
            return
        if self._wheel.now() + TICK < self._late_at:
            self._look_late()
            return
        self.strikes += 1
        if self.strikes >= STRIKES:
            self._penalty = min(LONGEST_PENALTY, 2 * self._penalty or PENALTY)
            self._rests_until = self._wheel.now() + self._penalty
        else:
            self._expect()
        waited = self._wheel.now() - self._asked_at
        self._missed(
            self, Unreachable(f"no answer to {self.lane.exchange.name!r} in {waited:.0f} s")
        )
