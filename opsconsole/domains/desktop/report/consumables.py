"""The order list: what printers use up, how long it lasts, and the number to order it by."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from opsconsole import chapter
from opsconsole.clean import clean
from opsconsole.document import Cell, Document, Field, Paragraph, Section, Table
from opsconsole.domains.database.report.reading import Said, reached, said, unsaid
from opsconsole.domains.desktop import cups, printer
from opsconsole.domains.desktop.printer.supply import FULL, LEFT
from opsconsole.domains.desktop.report.wear import Course, Wear, means, rate, since_reset, wear
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity, Value
from opsconsole.spec import Probe, Recorded, Report
from opsconsole.spelling import counted

LAST_DAYS, SOON_DAYS = 7.0, 30.0
"""Days left from which something has to be there today, and from which it has to be ordered."""

_PAST_DAYS, _POINTS = 35, 140

KINDS = ("printer", "cups")

_SUPPLIES: dict[str, Probe[Any]] = {"printer": printer.SUPPLY, "cups": cups.SUPPLY}
_OWN: dict[str, Probe[Any]] = {"printer": printer.STATUS, "cups": cups.SERVER}
# Any: each probe has a reading type of its own

PAST = (
    *(Recorded(one.id, "left_percent", _PAST_DAYS, _POINTS) for one in _SUPPLIES.values()),
    *(Recorded(one.id, "full_percent", _PAST_DAYS, _POINTS) for one in _SUPPLIES.values()),
    Recorded(printer.STATUS.id, "pages", _PAST_DAYS, _POINTS),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One supply of one device."""

    target: str
    model: Value
    location: Value
    row: Said
    left: float | None
    """Percent that is left, of a box for waste the room in it; None where nobody knows."""
    wear: Wear
    course: Course

    @property
    def waste(self) -> bool:
        """Whether it is filled, and not used up."""
        return self.row["full_percent"] is not None

    @property
    def level(self) -> Level:
        """How soon it has to be there; what the printer itself calls low is low."""
        own = _LEVELS.get(str(self.row["judged"]), Level.UNKNOWN)
        days = self.wear.days
        if own is Level.CRIT or (days is not None and days <= LAST_DAYS):
            return Level.CRIT
        if own is Level.WARN or (days is not None and days <= SOON_DAYS):
            return Level.WARN
        return own

    @property
    def order(self) -> tuple[int, float, float, str, str]:
        """Most urgent first."""
        days = math.inf if self.wear.days is None else self.wear.days
        left = math.inf if self.left is None else self.left
        return (-self.level, days, left, self.target, str(self.row["supply"]))


_LEVELS = {"ok": Level.OK, "warning": Level.WARN, "critical": Level.CRIT}


def items(evidence: Evidence) -> list[Item]:
    """All supplies of all devices that answered, most urgent first."""
    found = [
        item
        for target in evidence.targets
        if target.id in reached(evidence, target.kind)
        for item in _of(evidence, target.id, target.kind)
    ]
    return sorted(found, key=lambda item: item.order)


def _of(evidence: Evidence, target: str, kind: str) -> Iterator[Item]:
    probe = _SUPPLIES[kind]
    own = _only(evidence, target, kind)
    pages = _pages(evidence, target)
    for cells, row in zip(
        evidence.rows(probe.id, target), said(evidence, probe, target), strict=True
    ):
        full = _number(row["full_percent"])
        column = "left_percent" if full is None else "full_percent"
        levels = means(evidence.points(probe.id, target, cells, column))
        left = _number(row["left_percent"]) if full is None else 100 - full
        if full is not None:
            levels = tuple((at, 100 - level) for at, level in levels)
        lasts = (
            Wear(None, None, str(row["word"] or "not known"))
            if left is None
            else wear(left, levels, pages, _yielded(row))
        )
        yield Item(
            *(target, own.get("model"), own.get("location"), row, left),
            *(lasts, levels),
        )


def _only(evidence: Evidence, target: str, kind: str) -> Said:
    nothing: Said = {}
    return next(iter(said(evidence, _OWN[kind], target)), nothing)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


_PAGES = frozenset({"impressions", "sheets"})


def _yielded(row: Said) -> float | None:
    """Pages of a full one, where its capacity is in pages."""
    most = _number(row["capacity"])
    return most if row["unit"] in _PAGES and most and row["full_percent"] is None else None


def _pages(evidence: Evidence, target: str) -> Course:
    """The course of a printer's page counter; none of one that counts no pages."""
    for row in evidence.rows(printer.STATUS.id, target):
        points = means(evidence.points(printer.STATUS.id, target, row, "pages"))
        now = _number(row[printer.STATUS.index("pages")])
        return points or (() if now is None else ((evidence.until, now),))
    return ()


_FIELDS = (
    Field("state", "State", Quantity.STATE),
    Field("supply", "Supply"),
    Field("part", "Part"),
    Field("color", "Color"),
    Field("target", "Device"),
    Field("model", "Model"),
    Field("location", "Location"),
    Field("left_percent", "Left", Quantity.PERCENT),
    Field("days_left", "Days left", Quantity.COUNT),
    Field("pages_left", "Pages left", Quantity.COUNT),
    Field("rests_on", "How that is known"),
    Field("course", "Course"),
)


def _row(item: Item) -> tuple[Cell, ...]:
    row, lasts = item.row, item.wear
    name = f"{row['supply']} (room for waste)" if item.waste else str(row["supply"])
    return (
        *(item.level, clean(name), _cell(row["part"]), _cell(row["color"])),
        *(clean(item.target), _cell(item.model), _cell(item.location), item.left),
        *(_whole(lasts.days), _whole(lasts.pages), clean(lasts.how)),
        tuple(level for _, level in item.course),
    )


def _cell(value: Value) -> Cell:
    return clean(value, 120) if isinstance(value, str) and value else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


_PARTS = (
    Field("state", "State", Quantity.STATE),
    Field("part", "Part"),
    Field("what", "What"),
    Field("color", "Color"),
    Field("pieces", "Pieces", Quantity.COUNT),
    Field("days_left", "First needed in days", Quantity.COUNT),
    Field("devices", "Devices"),
)


def _parts(wanted: list[Item]) -> Table:
    """The same by what is ordered: one line for each number, else for each name and model."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in wanted:
        part = str(item.row["part"] or "")
        key = (part, "") if part else (str(item.row["supply"]), str(item.model or item.target))
        groups.setdefault(key, []).append(item)
    rows: list[tuple[Cell, ...]] = []
    for (name, model), found in groups.items():
        first = found[0]
        days = [item.wear.days for item in found if item.wear.days is not None]
        what = str(first.row["type"] or first.row["supply"]) if not model else f"{name}, {model}"
        rows.append(
            (
                first.level,
                None if model else clean(name),
                clean(what, 200),
                _cell(first.row["color"]),
                len(found),
                _whole(min(days, default=None)),
                clean(chapter.few(tuple(dict.fromkeys(item.target for item in found)))),
            )
        )
    return Table(_PARTS, tuple(rows), empty="Nothing has to be ordered.")


_DEVICES = (
    Field("target", "Device"),
    Field("model", "Model"),
    Field("serial", "Serial"),
    Field("location", "Location"),
    Field("pages", "Pages", Quantity.COUNT),
    Field("printed", "Printed in the period", Quantity.COUNT),
    Field("pages_a_day", "Pages a day", Quantity.NUMBER),
    Field("supplies", "Supplies", Quantity.COUNT),
    Field("to_order", "To order", Quantity.COUNT),
)


def _devices(evidence: Evidence, found: list[Item]) -> Iterator[tuple[Cell, ...]]:
    for target in evidence.targets:
        if target.id not in reached(evidence, target.kind):
            continue
        own = _only(evidence, target.id, target.kind)
        mine = [item for item in found if item.target == target.id]
        pages = _pages(evidence, target.id) if target.kind == "printer" else ()
        within = [
            count for at, count in since_reset(pages) if evidence.since <= at <= evidence.until
        ]
        line = rate(pages)
        yield (
            *(clean(target.id), _cell(own.get("model")), _cell(own.get("serial"))),
            *(_cell(own.get("location")), own.get("pages")),
            int(within[-1] - within[0]) if len(within) > 1 else None,
            round(line.per_day, 1) if line is not None and line.per_day >= 0 else None,
            *(len(mine), sum(item.level >= Level.WARN for item in mine)),
        )


def _said(found: list[Item], wanted: list[Item], evidence: Evidence) -> str:
    unknown = sum(item.left is None for item in found)
    undated = sum(item.left is not None and item.wear.days is None for item in found)
    parts = [
        f"{counted(len(found), 'supply', 'supplies')} of"
        f" {counted(len({item.target for item in found}), 'device')};"
        f" {len(wanted)} to order: low by the printer's limit or ours ({LEFT.warn:g} % left,"
        f" {FULL.warn:g} % full), or empty within {SOON_DAYS:g} days."
    ]
    if unknown:
        parts.append(f"Of {unknown} the level is not told.")
    if undated:
        parts.append(f"Of {undated} the days are not known.")
    if evidence.recorded is None:
        parts.append("Nothing is recorded, so that no days can be told.")
    return " ".join(parts)


def build(evidence: Evidence) -> Document:
    """What to order first, then all there is, then the devices."""
    found = items(evidence)
    wanted = [item for item in found if item.level >= Level.WARN]
    rest = [item for item in found if item.level < Level.WARN]
    level = max((item.level for item in wanted), default=Level.OK if found else Level.UNKNOWN)
    silent = tuple(chapter.unreached(evidence))
    ours = Table(_FIELDS, tuple(map(_row, wanted)), empty="Nothing has to be ordered.")
    others = Table(_FIELDS, tuple(map(_row, rest)), empty="No other supply is known.")
    devices = Table(_DEVICES, tuple(_devices(evidence, found)), empty="No device answered.")
    parts: Iterable[Section] = (
        Section("To order", (Paragraph(_said(found, wanted, evidence)), ours), level),
        Section("To order, by part", (_parts(wanted),)),
        *silent,
        Section("Other supplies", (others, *unsaid(evidence, *_SUPPLIES.values()))),
        Section("Devices", (devices,)),
        chapter.basis(evidence),
    )
    worst = max(level, Level.UNKNOWN) if silent else level
    span = (evidence.now, evidence.since, evidence.until)
    return Document("desktop.consumables", "Consumables", *span, tuple(parts), worst)


REPORT = Report(
    id="desktop.consumables",
    title="Consumables",
    about="Toner, ink and waste boxes to order: number, device, level, days left.",
    kinds=KINDS,
    probes=tuple(one.id for one in (*_SUPPLIES.values(), *_OWN.values())),
    past=PAST,
    build=build,
    hours=7 * 24,
    default=True,
)
