"""Power in the shift log: each UPS with its shift, what goes dark without it, and when."""

import math
from collections.abc import Iterator, Mapping

from opsconsole.battery import Battery, batteries, ending
from opsconsole.clean import clean
from opsconsole.document import Cell, Field, Paragraph, Section, Table
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity, Row, Value
from opsconsole.power import OUTLET, Power
from opsconsole.spelling import counted

UPS = ".ups"
"""How probes of UPS end, whatever kind they are of."""

MOST = 100
"""Rows of one table; what is left out is counted."""

_LEVELS: Mapping[str, Level] = {
    **dict.fromkeys(("on line", "online", "calibrating", "boost", "trim", "eco", "standby", "test"),
                    Level.OK),
    **dict.fromkeys(("on bypass", "bypass", "restarting"), Level.WARN),
    **dict.fromkeys(("low battery", "shutting down", "no data"), Level.CRIT),
}  # fmt: skip
"""Of words that say where the power comes from, besides on battery and off."""


def _told(evidence: Evidence) -> Iterator[tuple[Battery, str, Row, dict[str, Value]]]:
    """Each battery, with its probe, its key and its row by column."""
    for target in evidence.targets:
        supply = evidence.supplies.get(target.kind)
        if supply is None or supply.probe not in evidence.columns:
            continue
        probe = supply.probe
        names = [column.key for column in evidence.columns[probe]]
        rows, sample = evidence.rows(probe, target.id), evidence.samples.get((probe, target.id))
        age = max(0.0, evidence.now - sample.at) if sample else 0.0
        found = batteries(
            supply, target.id, names, evidence.keys[probe], rows, lambda _key: (), 1.0, age
        )
        for one, row in zip(found, rows, strict=True):
            values = dict(zip(names, row, strict=True))
            yield one, probe, evidence.key_of(probe, row), values


def extremes(
    evidence: Evidence, probe: str, target: str, key: Row, column: str
) -> tuple[float | None, float | None]:
    """The lowest and the highest value that was recorded within the period."""
    points = evidence.courses.get((probe, target, key, column), ())
    low = min((one.low for one in points if math.isfinite(one.low)), default=None)
    high = max((one.high for one in points if math.isfinite(one.high)), default=None)
    return low, high


def _level(one: Battery) -> Level:
    if one.dark:
        return Level.CRIT
    return _LEVELS.get(one.state, Level.WARN if one.on_battery else Level.UNKNOWN)


_FIELDS = (
    Field("level", "State", Quantity.STATE),
    Field("target", "Target"),
    Field("ups", "UPS"),
    Field("mode", "Power from"),
    Field("charge_percent", "Charge", Quantity.PERCENT),
    Field("charge_low_percent", "Lowest", Quantity.PERCENT),
    Field("load_percent", "Load", Quantity.PERCENT),
    Field("load_high_percent", "Highest", Quantity.PERCENT),
    Field("runtime_s", "Runtime", Quantity.SECONDS),
    Field("test", "Last battery test"),
    Field("test_date", "On"),
)


def section(evidence: Evidence) -> Section:
    """Each UPS; its state of the moment, and the extremes of the shift."""
    rows: list[tuple[Cell, ...]] = []
    levels: list[Level] = []
    for one, probe, key, values in _told(evidence):
        target = one.source.partition(OUTLET)[0]
        levels.append(_level(one))
        lowest, _ = extremes(evidence, probe, target, key, "charge_percent")
        _, highest = extremes(evidence, probe, target, key, "load_percent")
        rows.append(
            (
                *(levels[-1], clean(target), clean(str(values.get("ups") or "")), one.state),
                *(one.charge, lowest, one.load, highest, one.left),
                clean(str(values.get("test") or ""), 80),
                clean(str(values.get("test_date") or ""), 40),
            )
        )
    rows.sort(key=lambda row: (-_rank(row[0]), str(row[1])))
    table = Table(_FIELDS, tuple(rows[:MOST]), empty="No UPS answered.")
    return Section("UPS and battery tests", (table, *left_out(len(rows))),
                   max(levels, default=None))  # fmt: skip


def _rank(cell: Cell) -> int:
    return cell if isinstance(cell, Level) else 0


def left_out(count: int) -> list[Paragraph]:
    """How many rows of a table are not listed."""
    return [Paragraph(f"{counted(count - MOST, 'more row')} not listed.")] if count > MOST else []


_DARK = (
    Field("dark_s", "Dark in", Quantity.SECONDS),
    Field("target", "Target"),
    Field("becomes", "What becomes of it"),
    Field("through", "Through"),
)


def dark(evidence: Evidence) -> Section:
    """What goes dark, in order and when; as if the mains failed now, unless they did."""
    title = "What goes dark"
    known = [one for one, *_ in _told(evidence)]
    if not known:
        return Section(title, (Paragraph("No UPS tells how long it lasts."),))
    out = ending(known)
    failed = any(one.on_battery or one.dark for one in known)
    told = "On battery, or off, now." if failed else "As if the mains failed now."
    ends = Power(evidence.estate).ends(out)
    rows = tuple(
        (
            end.seconds if end.dark else None,
            clean(end.target),
            clean("goes dark" if end.dark else f"keeps {', '.join(end.kept)}", 120),
            clean(end.through, 120),
        )
        for end in ends[:MOST]
    )
    table = Table(_DARK, rows, empty="The estate names nothing that stands on a UPS.")
    bad = Level.CRIT if failed and any(end.dark for end in ends) else None
    return Section(title, (Paragraph(told), table, *left_out(len(ends))), bad)
