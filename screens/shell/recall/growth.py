"""How much each row of a list grew since it was recorded first: then, now, and a day's share."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.errors import UsageError
from opsconsole.model import Column, Quantity, Row, Sample, Value
from opsconsole.ports import Past
from opsconsole.spec import Probe
from opsconsole.store import Pair
from screens.shell.sheet import text_column

HOUR, DAY = 3600.0, 86400.0
BACK = (*(days * DAY for days in (90, 60, 30, 14, 7, 3, 2, 1)), 6 * HOUR, HOUR)
"""How far is looked back, in seconds: the first that is recorded counts."""

_NO_NUMBERS = frozenset({Quantity.TEXT, Quantity.STATE, Quantity.FLAG, Quantity.TIME})


def column_of(probe: Probe[Any], named: str) -> Column:
    """The column that is named, or the first of bytes; raises `UsageError`."""
    fitting = [one for one in probe.columns if one.quantity not in _NO_NUMBERS]
    wanted = [one for one in fitting if (one.key == named if named else one.quantity is _BYTES)]
    if not wanted:
        known = ", ".join(one.key for one in fitting if one.key not in probe.key) or "none"
        raise UsageError(f"growth of which column? :growth KEY; there are {known}")
    return wanted[0]


_BYTES = Quantity.BYTES


def then(past: Past, pair: Pair, now: float) -> Sample | None:
    """The oldest rows that are recorded within `BACK`, called in a thread. Raises `Unrecorded`."""
    for seconds in BACK:
        for sample in past.at(now - seconds, [pair]):
            if sample.rows and sample.at <= now - HOUR:
                return sample
    return None


@dataclass(frozen=True, slots=True)
class Grown:
    """A list as it is and as it was."""

    probe: Probe[Any]  # Any: each probe has a reading type of its own
    column: Column
    now: float
    rows: Sequence[Row]
    before: Sample | None

    @property
    def heads(self) -> tuple[Column, ...]:
        """Columns of the sheet."""
        unit = self.column.quantity
        source = f"{self.column.source}; the recording"
        return (
            text_column("object", "OBJECT"),
            Column("now", "NOW", unit, self.column.source),
            Column("then", "THEN", unit, source),
            Column("per_day", "PER DAY", unit, source),
            Column("week_percent", "% A WEEK", Quantity.PERCENT, source),
            Column("doubles_s", "DOUBLES IN", Quantity.SECONDS, f"{source}, if it goes on so"),
        )

    @property
    def days(self) -> float:
        """What it rests on."""
        return 0.0 if self.before is None else (self.now - self.before.at) / DAY

    def table(self) -> dict[str, Row]:
        """Rows of the sheet, what grew most first; what was not there then is not known."""
        place = self.probe.index(self.column.key)
        old = {self._key(row): row[place] for row in (self.before and self.before.rows) or ()}
        found = [self._line(row, row[place], old.get(self._key(row))) for row in self.rows]
        found.sort(key=lambda line: -_known(line[3]))
        return {str(at): line for at, line in enumerate(found)}

    def _key(self, row: Row) -> Row:
        return tuple(row[self.probe.index(key)] for key in self.probe.key)

    def _line(self, row: Row, value: Value, was: Value) -> Row:
        now, before = _number(value), _number(was)
        name = clean(" ".join(self._words(row)), 200)
        if now is None or before is None or not self.days:
            return (name, now, before, None, None, None)
        a_day = (now - before) / self.days
        week = 700 * a_day / before if before > 0 else None
        return (name, now, before, a_day, week, now / a_day * DAY if a_day > 0 else None)

    def _words(self, row: Row) -> list[str]:
        """What the row is called: its texts up to the first number."""
        called: list[str] = []
        for column, value in zip(self.probe.columns, row, strict=True):
            if column.quantity not in _NO_NUMBERS:
                break
            if isinstance(value, str) and not value.isdecimal():
                called.append(value)
        return called or [str(part) for part in self._key(row)]


def _number(value: Value) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known and math.isfinite(value) else None  # type: ignore[arg-type]


def _known(value: Value) -> float:
    return value if isinstance(value, float) else -math.inf


def headline(title: str, grown: Grown, when: Callable[[float], str]) -> Clean:
    """What stands above the sheet."""
    if grown.before is None:
        return clean(f"{title}: growth is not known: nothing older than an hour is recorded")
    since = when(grown.before.at)
    return clean(f"{title}: {grown.column.key} since {since}, {grown.days:.1f} days")
