"""What a printer uses up and fills: toner, ink, drums, staples, boxes for waste."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer, number
from opsconsole.domains.desktop.naming import told_apart
from opsconsole.domains.desktop.printer import extra, word
from opsconsole.domains.desktop.printer.mib import (
    COLORANT,
    FINISHER,
    OBJECT,
    SUPPLY,
)
from opsconsole.model import Column, Level, Limits, Quantity, Row
from opsconsole.reading import Span
from opsconsole.varbind import Value

PRACTICE = "common practice"

LEFT = Limits(20, 10, PRACTICE)
FULL = Limits(80, 90, f"{PRACTICE}, the other way round")

LOW = Span(LEFT.crit, LEFT.warn, None, None, f"default: {PRACTICE}")
HIGH = Span(None, None, FULL.warn, FULL.crit, f"default: {PRACTICE}")


@dataclass(frozen=True, slots=True)
class Supply:
    """One supply, or one box that is filled."""

    key: str
    """Index in its table, with the device's: `1.3`; of a finisher `f1.3`."""
    name: Clean
    kind: Clean
    color: Clean
    waste: bool
    level: int | None
    most: int | None
    unit: Clean
    part: Clean
    left: float | None
    """Percent of what is used up that is left; None where nobody knows."""
    full: float | None
    """Percent to which a box for waste is full."""
    word: Clean
    """What there is in place of a percentage."""
    judged: Level | None
    """Where there is no percentage."""

    @property
    def source(self) -> Clean:
        """Where its level stands."""
        at = self.key.lstrip("f")
        return Clean(f"{FINISHER}.8.{at}" if self.key != at else f"{SUPPLY}.9.{at}")

    @property
    def level_word(self) -> Clean:
        """How bad it is, as a word."""
        if self.left is not None:
            return _WORDS[LOW.level(self.left)]
        if self.full is not None:
            return _WORDS[HIGH.level(self.full)]
        return _WORDS[Level.UNKNOWN if self.judged is None else self.judged]


_WORDS = {
    Level.OK: Clean("ok"), Level.UNKNOWN: Clean("unknown"), Level.WARN: Clean("warning"),
    Level.CRIT: Clean("critical"),
}  # fmt: skip


def supplies(one: Answer) -> list[Supply]:
    """All of a printer, those of its finishers last."""
    return [*_marker(one), *_finisher(one)]


def _marker(one: Answer) -> Iterator[Supply]:
    for index, row in one.table(SUPPLY).items():
        name = one.text(row.get(6))
        colorant = one.table(COLORANT).get(f"{index.partition('.')[0]}.{number(row.get(3))}", {})
        color = one.text(colorant.get(4), 20).lower() if number(row.get(3)) else ""
        yield _supply(
            one, index, (name, color), (row.get(4), row.get(5)), [row.get(at) for at in (7, 8, 9)]
        )


def _finisher(one: Answer) -> Iterator[Supply]:
    for index, row in one.table(FINISHER).items():
        name, color = one.text(row.get(5)), one.text(row.get(9), 20).lower()
        yield _supply(
            one,
            f"f{index}",
            (name, color),
            (row.get(3), row.get(4)),
            [row.get(at) for at in (6, 7, 8)],
        )


def _supply(
    one: Answer,
    key: str,
    said: tuple[Clean, str],
    what: tuple[Value, Value],
    amount: list[Value],
) -> Supply:
    name, color = said
    kind = number(what[1])
    unit, most, level = map(number, amount)
    waste = _is_waste(number(what[0]), kind)
    share = percent(level, most, unit)
    told, judged = _told(level, waste=waste, ricoh=one.said(OBJECT).startswith(extra.RICOH))
    known = share is not None
    return Supply(
        *(key, name or Clean(f"supply {key}"), clean(word.SUPPLIES.get(kind or 0, ""))),
        *(_color(color, name), waste),
        *(level if level is not None and level >= 0 else None, most if most and most > 0 else None),
        *(clean(word.UNITS.get(unit or 0, "")), part_of(name)),
        # RFC 3805: of a receptacle the level is the room that is left in it.
        *(None if waste else share, 100 - share if waste and share is not None else None),
        *(Clean("") if known else told, None if known else judged),
    )


def _is_waste(group: int | None, kind: int | None) -> bool:
    """By its class; where an agent tells none, by its type."""
    return group == word.FILLED or (group != word.CONSUMED and kind in word.WASTE)


def percent(level: int | None, most: int | None, unit: int | None) -> float | None:
    """Share of a capacity; None for levels that are words, and without a capacity."""
    if level is None or level < 0:
        return None
    if most is not None and most > 0:
        return min(100.0, 100 * level / most)
    return float(level) if unit == word.PERCENT and level <= 100 else None


def _told(level: int | None, *, waste: bool, ricoh: bool) -> tuple[Clean, Level | None]:
    """What a level says that is no amount, and how bad it is."""
    if level == -3:
        return Clean("some room left" if waste else "some left"), Level.OK
    if level == -100 and ricoh:
        return Clean("nearly full" if waste else "nearly empty"), Level.WARN
    if level == -1:
        return Clean("without limit"), Level.OK
    if level is not None and level >= 0:
        return Clean("capacity not known"), None
    return Clean("not known"), None


_COLOR_WORDS = tuple(
    (color, re.compile("|".join(rf"\b{one}\b" if one.isascii() else one for one in names)))
    for color, names in word.COLORS.items()
)


def _color(told: str, name: str) -> Clean:
    """The colorant; where it is none, the only color that the description names."""
    if told and told not in {"other", "unknown", "none"}:
        return clean(told, 20)
    found = [color for color, names in _COLOR_WORDS if names.search(name.lower())]
    return clean(found[0] if len(found) == 1 else "")


_SERIAL = re.compile(r"[\s,;]*\b(?:S/?N|serial)(?:\s*(?:no|number))?[\s.:#]*[\w-]+", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\bP(?:art)?\s?/?(?:N|no|number)[\s.:#]*([A-Z0-9][A-Z0-9/-]{3,})", re.IGNORECASE
)
_LIKELY = re.compile(
    r"(?<![\w-])(?=[A-Z0-9/-]*\d)(?:\d{6,8}|(?=\d*[A-Z])[A-Z0-9]{1,6}-?[A-Z0-9]{2,8}(?:/[A-Z0-9-]{3,12})*)(?![\w-])"
)


def part_of(name: str) -> Clean:
    """The number by which it is ordered, where its description has one: `CF400X`, `TN-2410`."""
    rest = _SERIAL.sub("", name)
    if found := _NUMBERED.search(rest):
        return clean(found[1], 60)
    likely = [one[0] for one in _LIKELY.finditer(rest) if len(one[0].replace("-", "")) >= 5]
    return clean(likely[0] if likely else "", 60)


SOURCE = "Printer-MIB prtMarkerSuppliesTable, Finisher-MIB finSupplyTable"


def rows(one: Answer, _before: Answer | None) -> list[Row]:
    """One row per supply."""
    found = supplies(one)
    names = told_apart([(each.name, each.key) for each in found])
    return [
        (
            *(name, each.kind, each.color, each.left, each.full),
            *(each.level_word, each.word, each.level, each.most, each.unit, each.part),
            clean(each.key, 40),
        )
        for name, each in zip(names, found, strict=True)
    ]


COLUMNS: tuple[Column, ...] = (
    Column("supply", "SUPPLY", Quantity.TEXT, "prtMarkerSuppliesDescription"),
    Column("type", "TYPE", Quantity.TEXT, "prtMarkerSuppliesType"),
    Column("color", "COLOR", Quantity.TEXT, "prtMarkerColorantValue, or the description"),
    Column("left_percent", "LEFT", Quantity.PERCENT,
           "prtMarkerSuppliesLevel of MaxCapacity, of what is used up", LEFT, history=True),
    Column("full_percent", "FULL", Quantity.PERCENT,
           "of a receptacle: what of MaxCapacity is not left as room", FULL, history=True),
    Column("judged", "STATE", Quantity.STATE, "LEFT or FULL against their limits"),
    Column("word", "SAYS", Quantity.TEXT, "prtMarkerSuppliesLevel -1, -2, -3", tallied=True),
    Column("level", "LEVEL", Quantity.COUNT, "prtMarkerSuppliesLevel, in UNIT"),
    Column("capacity", "OF", Quantity.COUNT, "prtMarkerSuppliesMaxCapacity, in UNIT"),
    Column("unit", "UNIT", Quantity.TEXT, "prtMarkerSuppliesSupplyUnit"),
    Column("part", "PART", Quantity.TEXT, "number in prtMarkerSuppliesDescription"),
    Column("index", "INDEX", Quantity.TEXT, "in prtMarkerSuppliesTable; f: in finSupplyTable"),
)  # fmt: skip
"""What of a supply is shown."""
