"""Checks as data: ordered outcomes of a row, of which the first that fits is the verdict."""

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opsconsole.clean import clean
from opsconsole.document import Course, Finding
from opsconsole.model import Column, Level, Quantity, Row, Value
from opsconsole.rule import OPERATORS, Condition
from opsconsole.spelling import spelled

LEVELS = {"pass": Level.OK, "warn": Level.WARN, "fail": Level.CRIT, "unknown": Level.UNKNOWN}
"""What an outcome can be called."""

CONDITION_FORM = '"used_percent >= 98", several joined by " and "'
"""What a condition looks like, for messages."""

_CONDITION = re.compile(
    r"\s*(?P<column>[a-z][a-z0-9_]*)\s*(?P<operator><=|>=|==|!=|<|>)\s*(?P<value>[^\s=](?:.*\S)?)\s*"
)
_AND = re.compile(r"\s+and\s+")
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way a check can go."""

    level: Level
    when: tuple[Condition, ...]
    """All of them must hold; none of them is "in any other case"."""
    message: str = ""
    """What that means; `{used_percent}` is filled with the value of that column."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question to every row of a probe; usable as daily inspection."""

    id: str
    """`host.disk-space`: integration and what is checked."""
    title: str
    probe: str
    outcomes: tuple[Outcome, ...]
    """In order: the first that fits wins. Where none fits, nothing is known."""
    column: str = ""
    """Whose value is shown and whose course is; empty takes the first that is asked about."""
    todo: str = ""
    """What to do when it does not pass, a sentence."""
    needs: tuple[Condition, ...] = ()
    """Rows that the check is about: all of these hold; without any, all rows."""
    targets: tuple[str, ...] = ()
    """Patterns of targets it is for, as `-t` takes them; empty is all."""

    @property
    def shown(self) -> str:
        """Key of the column that is shown."""
        asked = (one.column for outcome in self.outcomes for one in outcome.when)
        return self.column or next(asked, "")

    def names(self) -> set[str]:
        """Keys of all columns it speaks of."""
        asked = {one.column for outcome in self.outcomes for one in outcome.when}
        filled = {name for outcome in self.outcomes for name in _PLACE.findall(outcome.message)}
        return asked | filled | {one.column for one in self.needs} | ({self.shown} - {""})


@dataclass(frozen=True, slots=True)
class Mute:
    """A check that does not count for a while: it is listed apart, with who answers for that."""

    check: str
    """Its id, or a pattern of ids."""
    targets: tuple[str, ...]
    """Patterns of targets, or their ids; empty is all."""
    object: str
    """A pattern of objects; `*` is all, and the target itself."""
    who: str
    why: str
    until: float
    """Unix time, seconds."""

    def covers(self, finding: Finding, now: float) -> bool:
        """Whether a finding does not count now; of `targets` these are ids."""
        return (
            now < self.until
            and fnmatch.fnmatchcase(finding.check, self.check)
            and (not self.targets or finding.target in self.targets)
            and fnmatch.fnmatchcase(finding.object, self.object)
        )


def conditions(text: str) -> tuple[Condition, ...] | None:
    """Parse `used_percent >= 98 and available_bytes < 5e9`; None when it is none."""
    found: list[Condition] = []
    for part in _AND.split(text.strip()):
        match = _CONDITION.fullmatch(part)
        if match is None:
            return None
        word = match["value"].strip("'\"")
        value: float | str
        try:
            value = float(word)
        except ValueError:
            value = word
            if match["operator"] not in ("==", "!="):
                return None
        found.append(Condition(match["column"], match["operator"], value))
    return tuple(found)


def limited(id_: str, title: str, probe: str, column: Column, todo: str) -> Check:
    """The check that holds a column to its own limits."""
    limits = column.limits
    if limits is None:
        raise ValueError(f"{column.key} has no limits")
    sign = ">=" if limits.warn <= limits.crit else "<="
    named = f"{{{column.key}}}"
    crit = Outcome(Level.CRIT, (Condition(column.key, sign, limits.crit),), named)
    warn = Outcome(Level.WARN, (Condition(column.key, sign, limits.warn),), named)
    steps = (crit,) if limits.warn == limits.crit else (crit, warn)
    rest = Outcome(Level.OK, (), named)
    return Check(id_, title, probe, (*steps, rest), column.key, todo)


def holds(conditions: Sequence[Condition], values: Mapping[str, Value]) -> bool | None:
    """Whether all of them hold of a row; None when that cannot be known."""
    known: bool | None = True
    for condition in conditions:
        value = values.get(condition.column)
        if value is None:
            known = None
        elif not _compare(condition, value):
            return False
    return known


def _compare(condition: Condition, value: Value) -> bool:
    compare = OPERATORS[condition.operator]
    if isinstance(value, bool):
        told = "yes" if value else "no"
        return condition.operator in ("==", "!=") and compare(told, str(condition.value))
    if isinstance(value, int | float) and isinstance(condition.value, int | float):
        return compare(value, condition.value)
    if condition.operator in ("==", "!="):
        return compare(str(value), str(condition.value))
    return False


def judge(check: Check, values: Mapping[str, Value]) -> tuple[Level, Outcome | None]:
    """The first outcome that fits; unknown when one before it cannot be judged, or none fits."""
    for outcome in check.outcomes:
        held = holds(outcome.when, values)
        if held is None:
            return Level.UNKNOWN, None
        if held:
            return outcome.level, outcome
    return Level.UNKNOWN, None


def find(
    check: Check,
    target: str,
    columns: Sequence[Column],
    key: Sequence[str],
    row: Row,
    course: Course = (),
) -> Finding | None:
    """How the check goes for one row; None when the row is none of its business."""
    values = {column.key: value for column, value in zip(columns, row, strict=True)}
    if check.needs and holds(check.needs, values) is not True:
        return None
    level, outcome = judge(check, values)
    kinds = {column.key: column.quantity for column in columns}
    said = _filled(outcome.message, values, kinds) if outcome else f"{check.shown} is not known"
    return Finding(
        check.id,
        check.title,
        target,
        " ".join(spelled(kinds[name], values[name]) for name in key),
        level,
        values.get(check.shown),
        kinds.get(check.shown, Quantity.TEXT),
        limit(check, kinds),
        said,
        check.todo if level > Level.UNKNOWN else "",
        course,
    )


def _filled(text: str, values: Mapping[str, Value], kinds: Mapping[str, Quantity]) -> str:
    def fill(match: re.Match[str]) -> str:
        name = match[1]
        return spelled(kinds.get(name, Quantity.TEXT), values.get(name))

    return clean(_PLACE.sub(fill, text), 400)


def limit(check: Check, kinds: Mapping[str, Quantity]) -> str:
    """What a row is held to, in words: `warn >= 90 %, fail >= 98 % and available_bytes < 5 GB`."""
    words = {level: word for word, level in LEVELS.items()}
    parts: list[str] = []
    for outcome in sorted(check.outcomes, key=lambda one: one.level):
        if outcome.level in (Level.WARN, Level.CRIT) and outcome.when:
            told = " and ".join(_told(one, check.shown, kinds) for one in outcome.when)
            parts.append(f"{words[outcome.level]} {told}")
    return ", ".join(parts)


def _told(condition: Condition, shown: str, kinds: Mapping[str, Quantity]) -> str:
    value = condition.value
    kind = kinds.get(condition.column, Quantity.NUMBER)
    text = str(value) if isinstance(value, str) else spelled(kind, value).replace(".0 %", " %")
    name = "" if condition.column == shown else f"{condition.column} "
    if isinstance(value, str) and condition.operator == "==":
        return f"{name}when {text}"
    return f"{name}{condition.operator} {text}"
