"""Rules as data: when a row is wrong, how long that must last, and what can be done about it."""

import enum
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from opsconsole.model import Level

OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {  # Any: two numbers, or two texts
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
"""How a value is compared with another, as conditions and guards write it."""


class Measure(enum.StrEnum):
    """What of a column is compared with the bounds."""

    NEWEST = "newest"
    """The newest value."""
    MEAN = "mean"
    """The mean over the window."""
    INCREASE = "increase"
    """The sum over the window of a count per answer: processes killed within half an hour."""
    HOURS = "hours"
    """Hours until it reaches `toward`, by the slope over the window; nothing while it does not."""
    RATIO = "ratio"
    """The newest value over its own mean over the window before it."""
    RISE = "rise"
    """How far the newest value is above the lowest of the window, of which one outlier is none."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of another column of the same row."""

    column: str
    operator: str
    """`<`, `<=`, `>`, `>=`, `==` or `!=`."""
    value: float | str


@dataclass(frozen=True, slots=True)
class Bound:
    """One level of a rule: raised at one value, cleared at a better one."""

    raised: float
    cleared: float
    """`cleared < raised` means that high is bad, `cleared > raised` that low is. Never equal,
    unless the measure counts."""
    guards: tuple[Condition, ...] = ()
    """Must hold too for this level."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a row is wrong. An integration declares its defaults; the estate overrides and adds."""

    id: str
    """`host.cpu-busy`: integration and finding."""
    title: str
    """What is wrong, three words: `CPU is busy`."""
    about: str
    """What it means to those who use the target, one sentence."""
    probe: str
    column: str
    source: str
    """Where the numbers come from."""
    remedies: tuple[str, ...]
    """Ids of actions of the integration, and sentences; never empty."""
    warn: Bound | None = None
    crit: Bound | None = None
    words: Mapping[str, Level] = field(default_factory=dict[str, Level])
    """Of a column of text: which words are how bad."""
    measure: Measure = Measure.NEWEST
    window_s: float = 0.0
    """Seconds that the measure looks back."""
    toward: float = 100.0
    """Of `HOURS`: the value that must not be reached."""
    for_s: float = 0.0
    """Seconds for which it must be wrong before it is raised."""
    clear_for_s: float = 0.0
    """Seconds for which it must be right before it is cleared."""
    guards: tuple[Condition, ...] = ()
    """Must hold at all levels: enough packets, a table large enough to matter."""
    tells: tuple[str, ...] = ()
    """Columns whose values are told beside, where the column itself says little."""
    depends_on: tuple[str, ...] = ()
    """Ids of rules: while one of them is raised on the same target (or on what the target stands
    on), this one explains nothing new."""
    every_s: float = 30.0
    """Of a probe that is read on demand: seconds between two readings for the rule's sake."""
    after: tuple[str, ...] = ()
    """Of `words`: only once the row was seen with one of these, so that a link which never was up
    is no alert."""
