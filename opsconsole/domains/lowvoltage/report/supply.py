"""Power in the shift log: each UPS with its shift, what goes dark without it, and when."""

import math
from collections.abc import Iterator, Mapping

from opsconsole.battery import Battery, ending
from opsconsole.clean import Clean, clean
from opsconsole.document import Cell, Field, Paragraph, Section, Table
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity, Row, Value
from opsconsole.power import Power
from opsconsole.spelling import counted

UPS = ".ups"
"""How probes of UPS end, whatever kind they are of."""

MOST = 100
"""Rows of one table; what is left out is counted."""

_STATES = ("mode", "source")
"""Columns that say where the power comes from."""

_BATTERY = frozenset({"on battery", "battery", "low battery", "shutting down"})
_LEVELS: Mapping[str, Level] = {
    "on line": Level.OK, "normal": Level.OK, "calibrating": Level.OK, "on battery": Level.WARN,
    "battery": Level.WARN, "on bypass": Level.WARN, "bypass": Level.WARN, "off": Level.CRIT,
    "low battery": Level.CRIT, "shutting down": Level.CRIT, "no data": Level.CRIT,
}  # fmt: skip


def cells(evidence: Evidence, suffix: str) -> Iterator[tuple[str, str, dict[str, Value], Row]]:
    """(probe, target, values by column, key) of each row of each probe that ends so."""
    for probe, columns in evidence.columns.items():
        if not probe.endswith(suffix):
            continue
        names = [column.key for column in columns]
        for target in evidence.targets:
            for row in evidence.rows(probe, target.id):
                values = dict(zip(names, row, strict=True))
                yield probe, target.id, values, evidence.key_of(probe, row)


def extremes(
    evidence: Evidence, probe: str, target: str, key: Row, column: str
) -> tuple[float | None, float | None]:
    """The lowest and the highest value that was recorded within the period."""
    points = evidence.courses.get((probe, target, key, column), ())
    low = min((one.low for one in points if math.isfinite(one.low)), default=None)
    high = max((one.high for one in points if math.isfinite(one.high)), default=None)
    return low, high


def _state(values: Mapping[str, Value]) -> Clean:
    return clean(str(next((values[one] for one in _STATES if values.get(one)), "unknown")), 60)


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
    for probe, target, values, key in cells(evidence, UPS):
        state = _state(values)
        level = _LEVELS.get(state, Level.UNKNOWN)
        levels.append(level)
        lowest, _ = extremes(evidence, probe, target, key, "charge_percent")
        _, highest = extremes(evidence, probe, target, key, "load_percent")
        rows.append(
            (
                *(level, clean(target), clean(str(values.get("ups") or "")), state),
                *(values.get("charge_percent"), lowest, values.get("load_percent"), highest),
                values.get("runtime_s"),
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
    known = list(_batteries(evidence))
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


def _batteries(evidence: Evidence) -> Iterator[Battery]:
    found = list(cells(evidence, UPS))
    for _, target, values, _ in found:
        several = sum(one[1] == target for one in found) > 1
        part = values.get("ups") if several else ""
        state, left = _state(values), values.get("runtime_s")
        numbers = [values.get("charge_percent"), values.get("load_percent"), left]
        charge, load, runtime = (
            float(one) if isinstance(one, int | float) and math.isfinite(one) else None
            for one in numbers
        )
        yield Battery(
            f"{target}/{part}" if part else target,
            state,
            state in _BATTERY,
            state == "off",
            charge,
            load,
            runtime,
            None,
        )
