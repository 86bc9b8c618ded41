"""What a printer is and how it is: one row for the list, and what it complains of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer, number
from opsconsole.domains.desktop.naming import told_apart
from opsconsole.domains.desktop.printer import extra, mib, word
from opsconsole.domains.desktop.printer.supply import FULL, LEFT, supplies
from opsconsole.model import Column, Level, Limits, Quantity, Row
from opsconsole.varbind import Value


@dataclass(frozen=True, slots=True)
class Complaint:
    """One condition that a printer has detected."""

    key: str
    """Index of the printer and number of the bit: `1.5`."""
    word: Clean
    level: Level


def error_bits(value: Value) -> list[int]:
    """Bits of `hrPrinterDetectedErrorState` that are set: 0 is the most significant of the first
    byte; bits behind the last that has a meaning are left out.
    """
    if not isinstance(value, bytes):
        return []
    return [
        at
        for at in range(len(word.ERRORS))
        if at // 8 < len(value) and value[at // 8] & 0x80 >> at % 8
    ]


def complaints(one: Answer) -> list[Complaint]:
    """All conditions of all printers of an agent."""
    found: list[Complaint] = []
    for index, row in one.table(mib.PRINTER).items():
        for bit in error_bits(row.get(2)):
            said, level = word.ERRORS[bit]
            found.append(Complaint(f"{index}.{bit}", Clean(said), level))
    return found


def condition(one: Answer) -> tuple[Clean, Level]:
    """The worst `hrDeviceStatus` of its printers."""
    table = one.table(mib.DEVICE)
    known = [
        word.DEVICE[value]
        for index in mib.printers(one)
        if isinstance(value := table.get(index, {}).get(5), int) and value in word.DEVICE
    ]
    said, level = max(known, key=lambda each: _badness(each[1]), default=("", Level.UNKNOWN))
    return clean(said), level


def _badness(level: Level) -> int:
    return 0 if level is Level.UNKNOWN else level


def activity(one: Answer) -> Clean:
    """What its printers do: `idle`, `printing`."""
    said = [
        word.PRINTER.get(number(row.get(1)) or 0, "") for row in one.table(mib.PRINTER).values()
    ]
    return clean(", ".join(dict.fromkeys(filter(None, said))), 60)


_FIRMWARE = re.compile(
    r"(?:firmware(?:\s+ver(?:sion)?)?|f/w|fw)[\s.:=]*v?([\w.-]*\d[\w.-]*)", re.IGNORECASE
)
_BEFORE_VERSION = re.compile(r"^firmware\s*ver(?:sion)?[\s.:]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one printer from another."""

    model: Clean
    serial: Clean
    firmware: Clean
    name: Clean
    location: Clean
    contact: Clean


def identity(one: Answer) -> Identity:
    """From Printer-MIB and HOST-RESOURCES-MIB; else as its maker tells it; else in `sysDescr`."""
    described = one.said(mib.DESCRIPTION)
    told = mib.pairs(one.said(mib.IEEE1284, mib.HP_IEEE1284)) | mib.pairs(described)
    general = list(one.table(mib.GENERAL).values())
    devices = one.table(mib.DEVICE)
    models = [one.text(devices.get(index, {}).get(3)) for index in mib.printers(one)]
    version = _FIRMWARE.search(described)
    firmware = one.said(*extra.FIRMWARE, mib.ENTITY["firmware"])
    return Identity(
        _first(*models, *(one.said(oid) for oid in extra.MODEL), told.get("PID"), told.get("MDL"),
               one.said(mib.NAMED), one.said(mib.ENTITY["model"]), described),
        _first(*(one.text(row.get(17)) for row in general), one.said(*extra.SERIAL),
               told.get("SN"), told.get("SER"), one.said(mib.ENTITY["serial"])),
        _first(_BEFORE_VERSION.sub("", firmware), told.get("FN"), version[1] if version else ""),
        _first(one.said(mib.NAME), *(one.text(row.get(16)) for row in general)),
        *(one.said(mib.PLACE), one.said(mib.CONTACT)),
    )  # fmt: skip


def _first(*texts: str | None) -> Clean:
    return clean(next((text for text in texts if text), ""), 120)


def pages(one: Answer) -> int | None:
    """`prtMarkerLifeCount` of all markers; None where it is not told."""
    counts = [number(row.get(4)) for row in one.table(mib.MARKER).values()]
    known = [count for count in counts if count is not None and count >= 0]
    return sum(known) if known else None


COLUMNS: tuple[Column, ...] = (
    Column("activity", "DOES", Quantity.TEXT, "hrPrinterStatus"),
    Column("condition", "CONDITION", Quantity.STATE, "hrDeviceStatus"),
    Column("complaints", "COMPLAINS", Quantity.TEXT, "hrPrinterDetectedErrorState"),
    Column("complaints_warning", "WARNINGS", Quantity.COUNT,
           "conditions that do not stop it", Limits(1, 1e9, "HOST-RESOURCES-MIB")),
    Column("complaints_critical", "STOPS", Quantity.COUNT,
           "conditions that stop it", Limits(1, 1, "HOST-RESOURCES-MIB")),
    Column("lowest_percent", "LOWEST", Quantity.PERCENT,
           "least that is left of a supply", LEFT, history=True),
    Column("lowest", "OF", Quantity.TEXT, "the supply of which least is left"),
    Column("waste_percent", "WASTE", Quantity.PERCENT, "fullest box for waste", FULL),
    Column("pages", "PAGES", Quantity.COUNT, "prtMarkerLifeCount", history=True),
    Column("alerts", "ALERTS", Quantity.COUNT, "entries of prtAlertTable"),
    Column("model", "MODEL", Quantity.TEXT, "hrDeviceDescr, or as its maker tells it"),
    Column("serial", "SERIAL", Quantity.TEXT, "prtGeneralSerialNumber, or as its maker tells it"),
    Column("firmware", "FIRMWARE", Quantity.TEXT, "as its maker tells it"),
    Column("name", "NAME", Quantity.TEXT, "sysName"),
    Column("location", "LOCATION", Quantity.TEXT, "sysLocation"),
    Column("contact", "CONTACT", Quantity.TEXT, "sysContact"),
    Column("uptime_s", "UP", Quantity.SECONDS, "sysUpTime"),
    Column("display", "DISPLAY", Quantity.TEXT, "prtConsoleDisplayBufferText"),
)  # fmt: skip


def rows(one: Answer, _before: Answer | None) -> list[Row]:
    """The only row."""
    found, all_supplies, self = complaints(one), supplies(one), identity(one)
    levels = [each.level for each in found]
    lowest = min(
        (each for each in all_supplies if each.left is not None),
        key=lambda each: each.left or 0.0,
        default=None,
    )
    uptime = number(one.scalars.get(mib.UPTIME))
    return [
        (
            *(activity(one), condition(one)[0], clean(", ".join(each.word for each in found))),
            *(levels.count(Level.WARN), levels.count(Level.CRIT)),
            *((lowest.left, lowest.name) if lowest else (None, Clean(""))),
            max((each.full for each in all_supplies if each.full is not None), default=None),
            *(pages(one), len(one.table(mib.ALERT))),
            *(self.model, self.serial, self.firmware, self.name, self.location, self.contact),
            *(None if uptime is None else uptime / 100, clean(" / ".join(_display(one)), 200)),
        )
    ]


def _display(one: Answer) -> Iterator[str]:
    for row in one.table(mib.CONSOLE).values():
        if text := one.text(row.get(2), 80):
            yield text


ERROR_COLUMNS: tuple[Column, ...] = (
    Column("error", "COMPLAINT", Quantity.TEXT, "hrPrinterDetectedErrorState"),
    Column("judged", "STATE", Quantity.STATE, "whether it stops the printer"),
)

_JUDGED = {Level.WARN: Clean("warning"), Level.CRIT: Clean("critical")}


def error_rows(one: Answer, _before: Answer | None) -> list[Row]:
    """One row per condition."""
    found = complaints(one)
    names = told_apart([(each.word, each.key.partition(".")[0]) for each in found])
    return [(name, _JUDGED[each.level]) for name, each in zip(names, found, strict=True)]
