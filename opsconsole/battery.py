"""How long batteries carry their load: as their devices tell, and as their charge falls."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from opsconsole.clean import Clean, clean
from opsconsole.model import Row, Value

FALL = 2.0
"""Percent of charge that must be gone before its fall says how long it lasts."""

LASTS_S = 120.0
"""Seconds over which that must be seen."""

POINTS = 720
"""Answers that are looked back at most."""


@dataclass(frozen=True, slots=True)
class Supply:
    """Where an integration tells of batteries: a probe that is always on, a row for each.

    It has the columns `charge_percent`, `load_percent` and `runtime_s`, the last at the load of
    the moment.
    """

    probe: str
    state: str
    """The column that says where the power comes from."""
    battery: frozenset[str]
    """Its words while the battery carries the load."""
    dark: frozenset[str] = frozenset()
    """Its words while nothing does."""
    part: str = ""
    """The column that names one of several of a target, as `fed_by` of the estate does; empty where
    a target is one."""


@dataclass(frozen=True, slots=True)
class Battery:
    """One of them at one moment."""

    source: str
    """The target, or `TARGET/PART` where it has several."""
    state: Clean
    on_battery: bool
    dark: bool
    charge: float | None
    """Percent."""
    load: float | None
    """Percent."""
    told: float | None
    """Seconds that its device says it lasts at this load, from now on."""
    measured: float | None
    """Seconds that it lasts by how its charge fell; None while it is not emptied."""

    @property
    def left(self) -> float | None:
        """Seconds, by the shorter of both: old batteries end before they say so."""
        if self.dark:
            return 0.0
        known = [one for one in (self.told, self.measured) if one is not None]
        return min(known, default=None)


Trend = Callable[[Row], Sequence[float]]
"""Charges of the row with that key, oldest first, in even steps."""


def batteries(
    supply: Supply,
    target: str,
    columns: Sequence[str],
    key: Sequence[str],
    rows: Sequence[Row],
    trend: Trend,
    step: float,
    age: float,
) -> list[Battery]:
    """The batteries of a target, from rows with these columns; `age` of the rows in seconds."""
    return [
        _battery(supply, target, values, trend(tuple(values[name] for name in key)), step, age,
                 several=len(rows) > 1)
        for values in (dict(zip(columns, row, strict=True)) for row in rows)
    ]  # fmt: skip


def _battery(
    supply: Supply,
    target: str,
    values: Mapping[str, Value],
    charges: Sequence[float],
    step: float,
    age: float,
    *,
    several: bool,
) -> Battery:
    state = clean(str(values.get(supply.state) or "unknown"), 60)
    on_battery = state in supply.battery
    told = _number(values.get("runtime_s"))
    if told is not None and on_battery:
        told = max(0.0, told - age)
    part = values.get(supply.part) if supply.part and several else ""
    return Battery(
        f"{target}/{part}" if part else target,
        state,
        on_battery,
        state in supply.dark,
        _number(values.get("charge_percent")),
        _number(values.get("load_percent")),
        told,
        measured(charges, step) if on_battery else None,
    )


def _number(value: Value) -> float | None:
    if isinstance(value, bool | str) or value is None or not math.isfinite(value) or value < 0:
        return None
    return float(value)


def measured(charges: Sequence[float], step: float) -> float | None:
    """Seconds until nothing is left, by how the charge fell until now.

    Only the last fall counts, from where it began; None while that is too little to say.
    """
    fall: list[float] = []
    for charge in reversed(charges):
        if math.isnan(charge) or (fall and charge < fall[-1]):
            break
        fall.append(charge)
    while len(fall) > 1 and fall[-1] == fall[-2]:
        fall.pop()  # it was full still
    lasted = (len(fall) - 1) * step
    if lasted < LASTS_S or fall[-1] - fall[0] < FALL:
        return None
    return fall[0] * lasted / (fall[-1] - fall[0])


def ending(known: Sequence[Battery], target: str = "") -> dict[str, float]:
    """Sources of power that end, and in how many seconds; how long is not known counts as now.

    Those that are on battery or dark already, and `target`; where none is and none is named, all:
    as if the mains failed now.
    """
    chosen = [
        one for one in known if one.on_battery or one.dark or one.source.partition("/")[0] == target
    ]
    if not chosen and not target:
        chosen = list(known)
    found = {one.source: one.left or 0.0 for one in chosen}
    if target and target not in {name.partition("/")[0] for name in found}:
        found[target] = 0.0
    return found
