"""One line per target: rows of several probes joined, judged and ranked; pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Fault, Level, Quantity, Row, Value
from opsconsole.spec import Probe

TARGET = Column("target", "TARGET", Quantity.TEXT, "id of the target in the estate")
STATE = Column("state", "STATE", Quantity.STATE, "worst judged value, or why there is none")
KIND = Column("kind", "KIND", Quantity.TEXT, "kind of the target in the estate")
WHY = Column("why", "WHY", Quantity.TEXT, "the value that decides the state")

_STEP = 5
"""Seconds between two ages under a minute."""

_WORDS = {
    Level.OK: Clean("ok"),
    Level.UNKNOWN: Clean("unknown"),
    Level.WARN: Clean("warn"),
    Level.CRIT: Clean("crit"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """How bad one target is: worst level, how far over its limit, and which value says so."""

    level: Level
    score: float
    """Worst value over its critical limit: 1.0 stands at the limit; ranks targets of one level."""
    word: Clean
    """The level, or the kind of fault, as a word."""
    why: Clean


def columns(probes: Sequence[Probe[Any]]) -> tuple[Column, ...]:
    """Columns of the joined list: target, state, why, then those of each probe in turn."""
    return (TARGET, STATE, WHY, *(column for probe in probes for column in probe.columns))


class Roster:
    """The joined list of targets of several kinds: its columns, and a row of it for each target."""

    def __init__(self, kinds: Mapping[str, Sequence[Probe[Any]]]) -> None:
        """Probes of each kind; of columns with the same key the first one stands for all."""
        found: dict[str, Column] = {}
        for probes in kinds.values():
            for column in (column for probe in probes for column in probe.columns):
                same = found.setdefault(column.key, column)
                if same.limits != column.limits:  # each target is judged by its own
                    found[column.key] = replace(same, limits=None)
        self.mixed = len(kinds) > 1
        self.columns = (TARGET, *([KIND] if self.mixed else []), STATE, WHY, *found.values())
        places = {column.key: at for at, column in enumerate(self.columns)}
        self._kinds = kinds
        self._places = {
            kind: [places[column.key] for column in columns(probes)]
            for kind, probes in kinds.items()
        }
        self._kind_at = places.get(KIND.key)
        # What a kind has no column for is no value that is unknown.
        worded = (Quantity.TEXT, Quantity.STATE)
        self._blank = [Clean("") if one.quantity in worded else None for one in self.columns]

    def probes(self, kind: str) -> Sequence[Probe[Any]]:
        """What the list asks of such a target."""
        return self._kinds[kind]

    def row(self, kind: str, line: Row) -> Row:
        """The `line` of a target of that kind, in the columns of the list."""
        if self._kind_at is None:
            return line
        row: list[Value] = [*self._blank]
        row[self._kind_at] = clean(kind)
        for place, value in zip(self._places[kind], line, strict=True):
            row[place] = value
        return tuple(row)


def judge(shape: Sequence[Column], row: Sequence[Value]) -> Judgement:
    """The worst judged value of a row; OK when nothing is over a limit."""
    level, score, why = Level.OK, 0.0, Clean("")
    for column, value in zip(shape, row, strict=True):
        limits = column.limits
        if limits is None or value is None or isinstance(value, str | bool):
            continue
        found = limits.level(value)
        ratio = value / limits.crit if limits.warn <= limits.crit else _inverse(value, limits.crit)
        if (found, ratio) > (level, score):
            level, score = found, ratio
            why = clean(f"{column.title} {value:.3g}") if found > Level.OK else why
    return Judgement(level, score, _WORDS[level], why)


def line(
    target: str,
    probes: Sequence[Probe[Any]],
    parts: Sequence[Row | None],
    fault: Fault | None,
    *,
    stale: bool = False,
    age_s: float | None = None,
    alerts: Judgement | None = None,
) -> tuple[Row, Judgement]:
    """The joined row of one target, and how bad it is.

    `parts` holds the newest row of each probe, None where there is none. A target with a fault, or
    whose data is stale, ranks above every warning: what it shows is no longer known to be true, and
    `why` tells for how long, by the age of the newest data. `alerts` is what the rules made of the
    target; it decides instead of the limits of the columns, so that the list says what they say.
    """
    values: list[Value] = []
    for probe, part in zip(probes, parts, strict=True):
        values.extend(part if part is not None else [None] * len(probe.columns))
    shape = [column for probe in probes for column in probe.columns]
    verdict = alerts or judge(shape, values)
    if fault is not None:
        why = ": ".join(filter(None, (silence(age_s), _without(target, fault))))
        verdict = Judgement(Level.CRIT, float("inf"), clean(fault.kind), Clean(why))
    elif all(part is None for part in parts) and (alerts is None or alerts.level is Level.OK):
        verdict = Judgement(Level.UNKNOWN, 0.0, Clean("waiting"), Clean(""))
    elif stale:
        verdict = Judgement(Level.CRIT, float("inf"), Clean("stale"), silence(age_s))
    return (clean(target), verdict.word, verdict.why, *values), verdict


def silence(age_s: float | None) -> Clean:
    """`no data for 40 s`; in steps, so that a thousand silent targets are not told each second.

    Empty while there never was any, or when it came just now.
    """
    age = int(age_s or 0)
    if age < _STEP:
        return Clean("")
    if age < 60:
        return Clean(f"no data for {age - age % _STEP} s")
    if age < 3600:
        return Clean(f"no data for {age // 60} min")
    if age < 2 * 86400:
        return Clean(f"no data for {age // 3600} h")
    return Clean(f"no data for {age // 86400} days")


def rank(verdicts: Mapping[str, Judgement]) -> list[str]:
    """Target ids, worst first; ties in name order."""
    return sorted(verdicts, key=lambda id_: (-verdicts[id_].level, -verdicts[id_].score, id_))


def _without(target: str, fault: Fault) -> Clean:
    """The message of a fault without the target's name, which stands in the row already."""
    return clean(fault.message.removeprefix(f"{target}: "))


def _inverse(value: float, limit: float) -> float:
    return limit / value if value else float("inf")
