"""One answer of a printer: Printer-MIB, HOST-RESOURCES-MIB and little more, as values."""

import re
from collections.abc import Mapping
from functools import lru_cache

from opsconsole.domains.desktop.agent import Answer, Entries, Reader, number
from opsconsole.domains.desktop.printer import extra, word
from opsconsole.question import Snmp, SnmpGet, SnmpWalk, parted

SYSTEM = "1.3.6.1.2.1.1"
DESCRIPTION, OBJECT, UPTIME, CONTACT, NAME, PLACE = (f"{SYSTEM}.{at}.0" for at in range(1, 7))
NAMED = "1.3.6.1.4.1.2699.1.2.1.2.1.1.2.1"
"""`ppmPrinterName`"""
IEEE1284 = "1.3.6.1.4.1.2699.1.2.1.2.1.1.3.1"
"""`ppmPrinterIEEE1284DeviceId`"""
HP_IEEE1284 = "1.3.6.1.4.1.11.2.3.9.1.1.7.0"
ENTITY = {"firmware": "1.3.6.1.2.1.47.1.1.1.1.9.1", "serial": "1.3.6.1.2.1.47.1.1.1.1.11.1",
          "model": "1.3.6.1.2.1.47.1.1.1.1.13.1"}  # fmt: skip

DEVICE, PRINTER = "1.3.6.1.2.1.25.3.2.1", "1.3.6.1.2.1.25.3.5.1"
GENERAL, COVER, LOCAL = "1.3.6.1.2.1.43.5.1.1", "1.3.6.1.2.1.43.6.1.1", "1.3.6.1.2.1.43.7.1.1"
INPUT, OUTPUT, MARKER = "1.3.6.1.2.1.43.8.2.1", "1.3.6.1.2.1.43.9.2.1", "1.3.6.1.2.1.43.10.2.1"
SUPPLY, COLORANT = "1.3.6.1.2.1.43.11.1.1", "1.3.6.1.2.1.43.12.1.1"
CONSOLE, ALERT, FINISHER = "1.3.6.1.2.1.43.16.5.1", "1.3.6.1.2.1.43.18.1.1", "1.3.6.1.2.1.43.31.1.1"

A_PRINTER = "1.3.6.1.2.1.25.3.1.5"
"""`hrDevicePrinter`"""

SCALARS = (
    *(DESCRIPTION, OBJECT, UPTIME, CONTACT, NAME, PLACE, NAMED, IEEE1284, HP_IEEE1284),
    *ENTITY.values(),
    *(*extra.MODEL, *extra.SERIAL, *extra.FIRMWARE, *extra.COUNTERS),
)

TABLES: tuple[tuple[str, tuple[int, ...]], ...] = (
    (DEVICE, (2, 3, 5)),
    (PRINTER, (1, 2)),
    (GENERAL, (2, 16, 17)),
    (COVER, (2, 3)),
    (LOCAL, (4,)),
    (INPUT, (2, 8, 9, 10, 11, 12, 13, 18)),
    (OUTPUT, (3, 4, 5, 6, 7, 12)),
    (MARKER, (3, 4, 5, 15)),
    (SUPPLY, (2, 3, 4, 5, 6, 7, 8, 9)),
    (COLORANT, (2, 4)),
    (CONSOLE, (2,)),
    (ALERT, (2, 3, 4, 5, 6, 7, 8, 9)),
    (FINISHER, (3, 4, 5, 6, 7, 8, 9)),
)
"""Entries of tables, and the columns that are wanted of them."""

MOST = 2000
"""Objects of one table; a printer has some dozens."""

QUESTIONS: tuple[Snmp, ...] = (
    SnmpGet(SCALARS),
    *(SnmpWalk(oid, columns, MOST) for oid, columns in TABLES),
)


@lru_cache(maxsize=8)
def read(payload: bytes) -> Answer:
    """Take an answer apart; raises `Malformed` when the agent refuses everything, or it is none.

    Kept for a moment: all probes of a printer read the same answer, one after the other.
    """
    first, *parts = parted(payload, len(QUESTIONS))
    reader = Reader()
    names = (oid for oid, _ in TABLES)
    tables = reader.tables(zip(names, parts, strict=True))
    scalars = reader.objects([first])
    reader.end()
    return Answer(scalars, tables, _charset(tables))


def _charset(tables: Mapping[str, Entries]) -> str:
    """Of the localization that descriptions and alerts are in."""
    for device, general in tables.get(GENERAL, {}).items():
        chosen = tables.get(LOCAL, {}).get(f"{device}.{number(general.get(2))}", {}).get(4)
        if isinstance(chosen, int):
            return word.CHARSETS.get(chosen, "utf-8")
    return "utf-8"


def printers(one: Answer) -> list[str]:
    """Indexes of the printers of an agent, in its order; of a server of many there are several.

    An agent that names none is one all the same when it has a table of printers.
    """
    found = [index for index, row in one.table(DEVICE).items() if row.get(2) == A_PRINTER]
    found += [index for index in one.table(PRINTER) if index not in found]
    known = [index for index in found if index in one.table(PRINTER)]
    return known or found


_PAIR = re.compile(r"(?:^|[;,])\s*([A-Z][A-Z0-9 _-]{1,20}):([^;,]*)")


def pairs(text: str) -> dict[str, str]:
    """`MFG:HP;MDL:LaserJet` of an IEEE 1284 device id, or of HP's `sysDescr`."""
    return {key.strip(): value.strip() for key, value in _PAIR.findall(text)}
