"""Where one rule stands on one object, and how an observation moves it; pure."""

import enum
import math

from opsconsole.alert import Acknowledgement, Phase
from opsconsole.clean import Clean
from opsconsole.model import Level, Row, Value
from opsconsole.rule import Rule
from opsconsole.rules.ruling import Key

FLAPS = 5
"""Raised more often than this within `LATELY`, it is told once and kept open."""

LATELY = 3600.0

CALM = 1800.0
"""Seconds for which a flapping alert must be right before it is over."""

_NOWHERE = math.inf, -math.inf

POINTS = 40
"""Values kept of the course of an alert."""


class Move(enum.Enum):
    """What an observation did."""

    NONE = enum.auto()
    RAISED = enum.auto()
    LEVEL = enum.auto()
    """Worse or better, but still wrong."""
    KNOWN = enum.auto()
    """Its data is back, and it is still wrong."""
    CLEARED = enum.auto()
    ENDED = enum.auto()
    """It never was raised and is right again: nothing to remember."""


class Course:
    """Values since it began, thinned out as they become many."""

    __slots__ = ("_at", "_step", "due", "values")

    def __init__(self) -> None:
        self.values: list[float] = []
        self.due = -math.inf
        """When the next value is kept; one that comes sooner is not."""
        self._step = 0.0
        self._at = -math.inf

    def add(self, at: float, value: float) -> None:
        """Keep a value, unless it comes too soon after the last one kept."""
        if at < self.due:
            return
        if len(self.values) >= POINTS:
            del self.values[1::2]
            self._step = 2 * self._step or 2 * max(at - self._at, 0.001)
        self.values.append(value)
        self._at, self.due = at, at + self._step


class State:
    """One object under one rule, from the first wrong value until it is over."""

    __slots__ = (
        "acknowledged",
        "called",
        "calm_since",
        "cause",
        "changed",
        "course",
        "crit_since",
        "flapping",
        "gone",
        "heard",
        "high",
        "key",
        "level",
        "low",
        "object",
        "phase",
        "raises",
        "right_since",
        "row",
        "said",
        "shown",
        "silenced",
        "since",
        "steadily",
        "told",
        "told_at",
        "turn",
        "value",
        "warn_since",
        "why",
    )

    def __init__(self, key: Key, object_: Clean, raises: list[float]) -> None:
        self.key = key
        self.object = object_
        self.called = Clean("")
        """As people call it, where that is not its key."""
        self.level = Level.OK
        """What the values say, once they have said it for long enough."""
        self.shown = Level.OK
        """What the alert says: the same, but for one that flaps. OK while it is not raised."""
        self.phase = Phase.OPEN
        self.since = self.changed = self.heard = 0.0
        self.warn_since: float | None = None
        self.crit_since: float | None = None
        self.right_since: float | None = None
        self.calm_since: float | None = None
        self.raises = raises
        self.flapping = False
        self.gone = False
        self.value: Value = None
        self.why = Clean("")
        """Words for an earlier value, while `row` holds a newer one."""
        self.row: Row | None = None
        self.acknowledged: Acknowledgement | None = None
        self.said = 0.0
        """When somebody took it on or gave it back last."""
        self.cause = ""
        self.course = Course()
        self.told: Value = None
        """The value that was published last."""
        self.told_at = 0.0
        self.silenced = ""
        self.low, self.high = _NOWHERE
        """Between these, a value changes nothing but itself."""
        self.steadily: tuple[Level, Level] | None = None
        """What was said last, if the same said again would change nothing."""
        self.turn = 0
        """Which answer of its probe it was found in last."""

    @property
    def active(self) -> bool:
        """Whether there is an alert."""
        return self.shown > Level.OK

    def observe(self, rule: Rule, up: Level, kept: Level, at: float) -> Move:
        """Take in what a value says: `up` as if all had been right, `kept` as if not."""
        self.heard = at
        self._stir()
        self.warn_since = _since(self.warn_since, up >= Level.WARN, at)
        self.crit_since = _since(self.crit_since, up >= Level.CRIT, at)
        ripe = Level.OK
        if self.crit_since is not None and at - self.crit_since >= rule.for_s:
            ripe = Level.CRIT
        elif self.warn_since is not None and at - self.warn_since >= rule.for_s:
            ripe = Level.WARN
        new = self.level
        if ripe > new:
            new, self.right_since = ripe, None
        elif kept < new:
            self.right_since = at if self.right_since is None else self.right_since
            if at - self.right_since >= rule.clear_for_s:
                new, self.right_since = max(kept, ripe), None
        else:
            self.right_since = None
        return self._move(new, at)

    def _stir(self) -> None:
        self.low, self.high = _NOWHERE
        self.steadily = None

    def steady(self, up: Level, kept: Level) -> bool:
        """Whether the same said again, however late, would change nothing; right after it was."""
        return (
            up <= self.level is kept is self.shown
            and self.active
            and self.phase is Phase.OPEN
            and not self.flapping
            and self.right_since is None
            and self.calm_since is None
        )

    def go_on(self, value: Value, row: Row, at: float) -> None:
        """Take in a value that lies where it changes nothing else: the path of a large outage."""
        self.heard, self.value, self.row = at, value, row
        if at >= self.course.due and isinstance(value, int | float):
            self.course.add(at, float(value))

    def _move(self, new: Level, at: float) -> Move:
        was, self.level = self.level, new
        back = self.active and self.phase is Phase.UNKNOWN
        if back:
            self.phase, self.changed = Phase.OPEN, at
        if was is Level.OK and new > Level.OK:
            return self._raise(at)
        if new is Level.OK and self.active:
            move = self._calm_down(at)
            return Move.KNOWN if move is Move.NONE and back else move
        if not self.active:
            return Move.ENDED if self.warn_since is None else Move.NONE
        move = self._go_on(new, at)
        return Move.KNOWN if move is Move.NONE and back else move

    def _raise(self, at: float) -> Move:
        self._count(at)
        new = not self.active
        worse = self.level > self.shown
        if new:
            self.since = at
        if new or worse:
            self.shown, self.changed = self.level, at
        return Move.RAISED if new else Move.LEVEL if worse else Move.NONE

    def _count(self, at: float) -> None:
        """Count a change for the worse; too many of them lately are flapping."""
        self.raises = [*(one for one in self.raises if at - one < LATELY), at]
        self.calm_since = None
        self.flapping |= len(self.raises) > FLAPS

    def _go_on(self, new: Level, at: float) -> Move:
        """It was wrong and still is: worse, better, or the same for long enough to be calm."""
        if new is self.shown:
            self.calm_since = None
            if not self.flapping or (self.raises and at - self.raises[-1] < LATELY):
                return Move.NONE
            self.flapping = False
        elif new > self.shown:
            self._count(at)
        elif self.flapping:
            self.calm_since = at if self.calm_since is None else self.calm_since
            if at - self.calm_since < CALM:
                return Move.NONE
            self.flapping = False
        self.shown, self.changed = new, at
        return Move.LEVEL

    def _calm_down(self, at: float) -> Move:
        if self.flapping:
            self.calm_since = at if self.calm_since is None else self.calm_since
            if at - self.calm_since < CALM:
                return Move.NONE
        self.phase, self.changed = Phase.RESOLVED, at
        return Move.CLEARED

    def lose(self, at: float) -> bool:
        """Its data stopped; returns whether that is news."""
        self.warn_since = self.crit_since = self.right_since = None
        self._stir()
        if not self.active or self.phase is Phase.UNKNOWN:
            return False
        self.phase, self.changed = Phase.UNKNOWN, at
        return True

    def shift(self, seconds: float) -> None:
        """Move what is measured in durations: the clock was set, or we stood still."""
        self.heard += seconds
        for name in ("warn_since", "crit_since", "right_since", "calm_since"):
            since: float | None = getattr(self, name)
            if since is not None:
                setattr(self, name, since + seconds)
        self.raises = [one + seconds for one in self.raises]


def _since(since: float | None, wrong: bool, at: float) -> float | None:
    if not wrong:
        return None
    return at if since is None else since


def spoken(said: float, taken: Acknowledgement | None) -> tuple[float, str, str, float]:
    """By what words are ordered: the later counts, and of two at once everybody takes the same."""
    return (said, taken.who, taken.note, taken.until) if taken else (said, "", "", 0.0)
