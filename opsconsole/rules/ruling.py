"""A rule made ready for the rows of its probe: positions for keys, one question per bound."""

import math
from dataclasses import dataclass
from typing import Any

from opsconsole.model import Column, Level, Row, Value
from opsconsole.rule import OPERATORS, Condition, Rule
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

    @property
    def high(self) -> bool:
        """Whether high is bad."""
        return self.cleared <= self.raised

    def reached(self, value: float, row: Row) -> bool:
        """Whether a value raises it."""
        over = value >= self.raised if self.high else value <= self.raised
        return over and all(guard.holds(row) is True for guard in self.guards)

    def kept(self, value: float, row: Row) -> bool:
        """Whether a value keeps it, once raised; a guard that does not say is no reason to end."""
        if self.cleared == self.raised:
            over = value >= self.raised
        else:
            over = value > self.cleared if self.high else value < self.cleared
        return over and all(guard.holds(row) is not False for guard in self.guards)


class Ruling:
    """One rule over the rows of one probe; shared by all targets it is the same for."""

    __slots__ = (
        "bounds",
        "column",
        "columns",
        "first",
        "guards",
        "high",
        "key",
        "place",
        "probe",
        "rule",
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
        self.key: tuple[int, ...] = tuple(probe.index(name) for name in probe.key)
        self.guards = self._guards(probe, rule.guards)
        self.bounds = tuple(
            Edge(
                level,
                bound.raised,
                bound.cleared,
                (*self.guards, *self._guards(probe, bound.guards)),
            )
            for level, bound in ((Level.CRIT, rule.crit), (Level.WARN, rule.warn))
            if bound is not None
        )
        self.words = dict(rule.words)
        self.high = all(bound.high for bound in self.bounds)
        raised = [bound.raised for bound in self.bounds] or [math.inf]
        self.first = min(raised) if self.high else max(raised)
        """The value at which it may begin to be wrong."""

    @staticmethod
    def _guards(probe: Probe[Any], conditions: tuple[Condition, ...]) -> tuple[Guard, ...]:
        return tuple(Guard(probe.index(one.column), one) for one in conditions)

    def raised(self, value: Value, row: Row) -> Level:
        """How bad a value is that was right before."""
        if isinstance(value, str):
            level = self.words.get(value, Level.OK)
            return level if all(guard.holds(row) is True for guard in self.guards) else Level.OK
        if value is None:
            return Level.OK
        return next((b.level for b in self.bounds if b.reached(value, row)), Level.OK)

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
