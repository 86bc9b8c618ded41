"""Runbooks: ordered steps, each locked until its guard holds on live data; judged purely."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.model import Row, State, Value
from opsconsole.rule import OPERATORS
from opsconsole.spec import Probe

_ORDERED = frozenset({"<", "<=", ">", ">="})

_GUARD = re.compile(
    r"(?P<probe>[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)"
    r"(?:\[(?P<key>[a-z][a-z0-9_]*)=(?P<row>[^\]]+)\])?"
    r"\.(?P<column>[a-z][a-z0-9_]*)"
    r"\s*(?P<operator><=|>=|==|!=|<|>)\s*"
    r"(?P<value>[^\s=](?:.*\S)?)"
)
GUARD_FORM = (
    '"host.vitals.cpu_percent < 80", or of one row:'
    ' "host.service[unit=api.service].active == active"'
)
"""What a guard looks like, for messages."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on one live value of one target."""

    text: str
    probe: str
    column: str
    operator: str
    value: str
    key: str = ""
    """Column that picks the row, where the probe has several."""
    row: str = ""

    def wrong(self, probes: Mapping[str, Probe[Any]]) -> str:
        """Say what is wrong with it; empty when it can be judged."""
        probe = probes.get(self.probe)
        if probe is None:
            return f"no probe {self.probe!r}"
        names = [column.key for column in probe.columns]
        for name in (self.column, *([self.key] if self.key else [])):
            if name not in names:
                return f"{self.probe} has no column {name!r}; there are {', '.join(names)}"
        if probe.key and not self.key:
            return f"{self.probe} has many rows: write {self.probe}[{probe.key[0]}=…]"
        if self.operator in _ORDERED and _number(self.value) is None:
            return f"{self.value!r} is no number"
        return ""

    def judge(self, probe: Probe[Any], state: State, rows: Sequence[Row]) -> Clean:
        """Why the step is locked; empty when the guard holds. Only live data can hold."""
        needs = f"needs {self.text}"
        if state is not State.LIVE:
            return clean(f"{needs}; no live data ({state})")
        key = probe.index(self.key) if self.key else None
        found = [row for row in rows if key is None or _text(row[key]) == self.row]
        if not found:
            return clean(f"{needs}; there is no such row")
        value = found[0][probe.index(self.column)]
        return Clean("") if self._holds(value) else clean(f"{needs}, now {_text(value)}")

    def _holds(self, value: Value) -> bool:
        if value is None:
            return False
        compare = OPERATORS[self.operator]
        number = _number(self.value)
        if isinstance(value, int | float) and not isinstance(value, bool) and number is not None:
            return compare(value, number)
        return self.operator not in _ORDERED and compare(_text(value), self.value)


def guard(text: str) -> Guard | None:
    """Parse a guard; None when it is none."""
    found = _GUARD.fullmatch(text.strip())
    if found is None:
        return None
    return Guard(
        text.strip(),
        found["probe"],
        found["column"],
        found["operator"],
        found["value"].strip("'\""),
        found["key"] or "",
        (found["row"] or "").strip("'\""),
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return "unknown" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class RunbookStep:
    """One step: an action, or something a person does by hand."""

    title: Clean
    action: str = ""
    """Id; empty is by hand."""
    target: str = ""
    """Of the action and the guard; empty is the target the runbook was opened on."""
    object: str = ""
    """First pin of the action's object; empty acts on the target."""
    arguments: Mapping[str, str] = field(default_factory=dict[str, str])
    guard: Guard | None = None
    guard_target: str = ""
    """Where the guard looks; empty is the step's target."""


@dataclass(frozen=True, slots=True)
class Runbook:
    """A team's procedure."""

    id: str
    title: Clean
    about: Clean
    steps: tuple[RunbookStep, ...]

    def pairs(self, target: str) -> set[tuple[str, str]]:
        """(probe, target) that must be watched for its guards."""
        return {
            (step.guard.probe, step.guard_target or step.target or target)
            for step in self.steps
            if step.guard is not None
        }
