"""Where paper comes from and goes to, and the covers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer, number
from opsconsole.domains.desktop.naming import told_apart
from opsconsole.domains.desktop.printer import word
from opsconsole.domains.desktop.printer.mib import COVER, INPUT, OUTPUT
from opsconsole.domains.desktop.printer.supply import percent
from opsconsole.model import Column, Level, Quantity, Row
from opsconsole.varbind import Value

_AVAILABILITY = {
    1: "unavailable and asked for", 2: "standby", 3: "broken", 4: "active", 5: "unknown",
    6: "busy",
}  # fmt: skip
_BROKEN = 3
_FLAGS = (
    (8, "non-critical alert", Level.WARN),
    (16, "critical alert", Level.CRIT),
    (32, "offline", Level.WARN),
    (64, "on its way to another state", Level.OK),
)

_LEVELS = {
    Level.OK: Clean("ok"), Level.UNKNOWN: Clean("unknown"), Level.WARN: Clean("warning"),
    Level.CRIT: Clean("critical"),
}  # fmt: skip


def sub_unit(value: Value) -> tuple[Clean, Level]:
    """`PrtSubUnitStatusTC` in words, and how bad it is: a sum of availability and flags."""
    if not isinstance(value, int) or not 0 <= value <= 126:
        return Clean(""), Level.UNKNOWN
    state = value & 7
    words = [_AVAILABILITY[state]] if state in _AVAILABILITY else []
    worst = Level.CRIT if state == _BROKEN else Level.OK
    for bit, name, level in _FLAGS:
        if value & bit:
            words.append(name)
            worst = max(worst, level)
    return clean(", ".join(words) or "idle"), worst


@dataclass(frozen=True, slots=True)
class Tray:
    """An input or an output."""

    key: str
    name: Clean
    kind: Clean
    media: Clean
    left: float | None
    """Percent of paper that is left in an input."""
    full: float | None
    """Percent to which an output is full."""
    word: Clean
    level: int | None
    most: int | None
    unit: Clean
    status: Clean
    judged: Level
    source: Clean


_BY_HAND = re.compile("bypass|manual|multi|mpt?\\b", re.IGNORECASE)
_WORDS = {-1: "without limit", -2: "not known", -3: "some"}


def trays(one: Answer) -> list[Tray]:
    """Inputs, then outputs."""
    return [*_inputs(one), *_outputs(one)]


def _inputs(one: Answer) -> Iterator[Tray]:
    for index, row in one.table(INPUT).items():
        level, most, share, said = _amount(row.get(10), row.get(9))
        status, judged = sub_unit(row.get(11))
        name = one.text(row.get(13)) or one.text(row.get(18)) or Clean(f"input {index}")
        by_hand = row.get(2) == word.MANUAL or _BY_HAND.search(name)
        if judged is Level.UNKNOWN and (level == 0 or said == _WORDS[-3] or share):
            judged = Level.WARN if level == 0 and not by_hand else Level.OK
        yield Tray(
            f"in {index}",
            name,
            clean(word.TRAYS.get(number(row.get(2)) or 0, "input")),
            *(one.text(row.get(12), 60), share, None, said),
            *(level, most, clean(word.UNITS.get(number(row.get(8)) or 0, ""))),
            *(status, judged, Clean(f"{INPUT}.10.{index}")),
        )


def _outputs(one: Answer) -> Iterator[Tray]:
    for index, row in one.table(OUTPUT).items():
        room, most, share, said = _amount(row.get(5), row.get(4))
        status, judged = sub_unit(row.get(6))
        yield Tray(
            f"out {index}",
            one.text(row.get(7)) or one.text(row.get(12)) or Clean(f"output {index}"),
            *(Clean("output"), Clean(""), None, None if share is None else 100 - share),
            Clean("some room") if said == "some" else said,
            *(room, most, clean(word.UNITS.get(number(row.get(3)) or 0, ""))),
            *(status, judged, Clean(f"{OUTPUT}.5.{index}")),
        )


def _amount(level: Value, most: Value) -> tuple[int | None, int | None, float | None, Clean]:
    """What there is, of how much, as a share, or in a word."""
    now, whole = number(level), number(most)
    share = percent(now, whole, None)
    said = "" if share is not None else _WORDS.get(-2 if now is None else now, "capacity not known")
    return (
        now if now is not None and now >= 0 else None,
        whole if whole is not None and whole > 0 else None,
        *(share, clean(said)),
    )


COLUMNS: tuple[Column, ...] = (
    Column("tray", "TRAY", Quantity.TEXT, "prtInputName, prtOutputName, or the description"),
    Column("type", "TYPE", Quantity.TEXT, "prtInputType"),
    Column("media", "MEDIA", Quantity.TEXT, "prtInputMediaName"),
    Column("left_percent", "LEFT", Quantity.PERCENT,
           "prtInputCurrentLevel of MaxCapacity", history=True),
    Column("full_percent", "FULL", Quantity.PERCENT,
           "what prtOutputRemainingCapacity leaves of MaxCapacity"),
    Column("word", "SAYS", Quantity.TEXT, "a level of -1, -2, -3 in words"),
    Column("status", "STATUS", Quantity.TEXT, "prtInputStatus, prtOutputStatus"),
    Column("judged", "STATE", Quantity.STATE, "the same, and an input without paper"),
    Column("level", "LEVEL", Quantity.COUNT, "prtInputCurrentLevel, prtOutputRemainingCapacity"),
    Column("capacity", "OF", Quantity.COUNT, "prtInputMaxCapacity, prtOutputMaxCapacity"),
    Column("unit", "UNIT", Quantity.TEXT, "prtInputCapacityUnit, prtOutputCapacityUnit"),
    Column("index", "INDEX", Quantity.TEXT, "index in prtInputTable or prtOutputTable"),
)  # fmt: skip


def rows(one: Answer, _before: Answer | None) -> list[Row]:
    """One row per tray."""
    found = trays(one)
    names = told_apart([(each.name, each.key) for each in found])
    return [
        (
            *(name, each.kind, each.media, each.left, each.full),
            *(each.word, each.status, _LEVELS[each.judged], each.level, each.most, each.unit),
            clean(each.key, 40),
        )
        for name, each in zip(names, found, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Cover:
    """A door, a lid, an interlock."""

    key: str
    name: Clean
    state: Clean
    judged: Level


def covers(one: Answer) -> list[Cover]:
    """All of a printer."""
    found: list[Cover] = []
    for index, row in one.table(COVER).items():
        said, level = word.COVERS.get(number(row.get(3)) or 0, ("unknown", Level.UNKNOWN))
        name = one.text(row.get(2)) or Clean(f"cover {index}")
        found.append(Cover(index, name, clean(said), level))
    return found


COVER_COLUMNS: tuple[Column, ...] = (
    Column("cover", "COVER", Quantity.TEXT, "prtCoverDescription"),
    Column("says", "SAYS", Quantity.TEXT, "prtCoverStatus", tallied=True),
    Column("judged", "STATE", Quantity.STATE, "critical when it is open"),
)


def cover_rows(one: Answer, _before: Answer | None) -> list[Row]:
    """One row per cover."""
    found = covers(one)
    names = told_apart([(each.name, each.key) for each in found])
    return [
        (name, each.state, _LEVELS[each.judged]) for name, each in zip(names, found, strict=True)
    ]
