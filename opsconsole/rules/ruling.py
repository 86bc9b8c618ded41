"""A rule made ready for the rows of its probe: positions for keys, one question per bound."""

import math
from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from opsconsole.clean import clean
from opsconsole.model import Column, Level, Row, Value
from opsconsole.rule import OPERATORS, Condition, Measure, Rule
from opsconsole.spec import Probe

Key = tuple[Value, ...]
"""Values of the key columns."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition with its column's place in the row."""

    place: int
    condition: Condition

    def holds(self, row: Row) -> bool | None:
        """Whether it holds; None while the row does not say."""
        value = row[self.place]
        if value is None:
            return None
        wanted = self.condition.value
        if isinstance(value, str) != isinstance(wanted, str):
            return self.condition.operator == "!="
        return OPERATORS[self.condition.operator](value, wanted)


@dataclass(frozen=True, slots=True)
class Edge:
    """One bound of a rule, ready to be asked."""

    level: Level
    raised: float
    cleared: float
    guards: tuple[Guard, ...]
    high: bool
    """Whether high is bad."""

    def reached(self, value: float, row: Row) -> bool:
        """Whether a value raises it."""
        over = value >= self.raised if self.high else value <= self.raised
        return over and (not self.guards or all(guard.holds(row) is True for guard in self.guards))

    def kept(self, value: float, row: Row) -> bool:
        """Whether a value keeps it, once raised; a guard that does not say is no reason to end."""
        if self.cleared == self.raised:
            over = value >= self.raised
        else:
            over = value > self.cleared if self.high else value < self.cleared
        return over and (
            not self.guards or all(guard.holds(row) is not False for guard in self.guards)
        )

    def asks(self, value: float, level: Level) -> bool:
        """Whether guards decide what a value means to an alert of that level."""
        if not self.guards:
            return False
        bare = Edge(self.level, self.raised, self.cleared, (), self.high)
        return bare.reached(value, ()) or (self.level <= level and bare.kept(value, ()))


class Ruling:
    """One rule over the rows of one probe; shared by all targets it is the same for."""

    __slots__ = (
        "_points",
        "bounds",
        "called",
        "column",
        "columns",
        "first",
        "guards",
        "high",
        "key",
        "keyed",
        "measured",
        "place",
        "plain",
        "probe",
        "remembers",
        "rule",
        "source",
        "title",
        "words",
    )

    def __init__(self, rule: Rule, probe: Probe[Any], named: str = "") -> None:
        """`named` is the probe it is shown with, when that is another one.

        `rulebook.wrong` has nothing to say of the rule.
        """
        self.rule = rule
        self.probe = named or probe.id
        self.columns = {column.key: column for column in probe.columns}
        self.column: Column = self.columns[rule.column]
        self.place = probe.index(rule.column)
        self.called = _called(probe)
        """Where the name of a row stands, whose key is another thing."""
        self.key: tuple[int, ...] = tuple(probe.index(name) for name in probe.key)
        self.guards = self._guards(probe, rule.guards)
        self.bounds = tuple(
            Edge(
                level,
                bound.raised,
                bound.cleared,
                (*self.guards, *self._guards(probe, bound.guards)),
                bound.cleared <= bound.raised,
            )
            for level, bound in ((Level.CRIT, rule.crit), (Level.WARN, rule.warn))
            if bound is not None
        )
        self.words = dict(rule.words)
        self.high = all(bound.high for bound in self.bounds)
        raised = [bound.raised for bound in self.bounds] or [math.inf]
        self.first = min(raised) if self.high else max(raised)
        """The value at which it may begin to be wrong."""
        self._points = sorted({x for b in self.bounds for x in (b.raised, b.cleared)})
        self.keyed = _keyed(self.key)
        """The key of a row."""
        self.title, self.source = clean(rule.title), clean(rule.source)
        """As alerts show them."""
        self.measured = rule.measure is not Measure.NEWEST
        self.plain = not self.measured and not self.words
        """Whether it compares the newest number of a row, and nothing else."""
        self.remembers = self.measured or bool(rule.after)
        """Whether rows that are right matter too."""

    @staticmethod
    def _guards(probe: Probe[Any], conditions: tuple[Condition, ...]) -> tuple[Guard, ...]:
        return tuple(Guard(probe.index(one.column), one) for one in conditions)

    def hot(self, rows: Sequence[Row]) -> list[Row]:
        """Rows that may be wrong, by their newest value."""
        place, first = self.place, self.first
        # This runs for every row of every rule: what is right must cost next to nothing.
        if self.words:
            words = self.words
            return [row for row in rows if row[place] in words]
        if self.high:
            return [row for row in rows if (v := row[place]) is not None and v >= first]  # type: ignore[operator]
        return [row for row in rows if (v := row[place]) is not None and v <= first]  # type: ignore[operator]

    def raised(self, value: Value, row: Row) -> Level:
        """How bad a value is that was right before."""
        if isinstance(value, str):
            level = self.words.get(value, Level.OK)
            return level if all(guard.holds(row) is True for guard in self.guards) else Level.OK
        if value is None:
            return Level.OK
        for bound in self.bounds:
            if bound.reached(value, row):
                return bound.level
        return Level.OK

    def between(self, value: float, level: Level) -> tuple[float, float] | None:
        """Between which bounds a value lies, where all mean the same to an alert of that level.

        None when it lies on a bound, or other columns decide.
        """
        for bound in self.bounds:
            if value in (bound.raised, bound.cleared) or bound.asks(value, level):
                return None
        place = bisect(self._points, value)
        low = self._points[place - 1] if place else -math.inf
        return low, self._points[place] if place < len(self._points) else math.inf

    def kept(self, value: Value, row: Row, level: Level) -> Level:
        """How bad it is when it was that bad before: at least `raised`, at most `level` more."""
        up = self.raised(value, row)
        if value is None:
            return up
        if isinstance(value, str):
            word = self.words.get(value, Level.OK)
            stays = all(guard.holds(row) is not False for guard in self.guards)
            return max(up, min(word, level)) if stays else up
        held = (b.level for b in self.bounds if b.level <= level and b.kept(value, row))
        return max(up, next(held, Level.OK))

    def limit(self, level: Level) -> float | None:
        """The value at which that level is raised."""
        return next((bound.raised for bound in self.bounds if bound.level is level), None)


def _called(probe: Probe[Any]) -> int | None:
    """The place of the name of a row, where the key is another thing."""
    apart = probe.named == ("name",) and probe.key != ("name",)
    return probe.index("name") if apart else None


def _keyed(places: tuple[int, ...]) -> Callable[[Row], Key]:
    """What takes the key out of a row; asked for each row of each rule."""
    if not places:
        return lambda _row: ()
    if len(places) == 1:
        place = places[0]
        return lambda row: (row[place],)
    return lambda row: tuple([row[place] for place in places])
