"""One answer of a printer: Printer-MIB, HOST-RESOURCES-MIB and little more, as values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.printer import extra, word
from opsconsole.errors import Malformed
from opsconsole.question import Part, Snmp, SnmpGet, SnmpWalk, parted
from opsconsole.varbind import Value, rows, values

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

Entries = Mapping[str, Mapping[int, Value]]
"""Rows of a table: by index, then by column."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a printer said at one moment."""

    scalars: Mapping[str, Value]
    tables: Mapping[str, Entries]
    """By the OID of the entry."""
    charset: str = "utf-8"
    """Of texts in the printer's own language."""

    def table(self, oid: str) -> Entries:
        """One table; empty where the printer has none."""
        return self.tables.get(oid, {})

    def said(self, *oids: str) -> Clean:
        """The first of these that has a text."""
        for oid in oids:
            if text := self.text(self.scalars.get(oid)):
                return text
        return Clean("")

    def text(self, value: Value, limit: int = 200) -> Clean:
        """Octets in the printer's own character set, harmless; empty for what is none."""
        if isinstance(value, int | None):
            return Clean("")
        if isinstance(value, str):
            return clean(value, limit)
        return clean(" ".join(decoded(value[: 4 * limit], self.charset).split()), limit)


_HP_CHARSET = b"\x01\x15"
"""HP puts the number of its character set before some texts."""


def decoded(raw: bytes, charset: str) -> str:
    """Text of octets: UTF-8 where it is some, else in this character set, else Latin-1."""
    raw = raw.removeprefix(_HP_CHARSET).strip(b"\0 ")
    for name in ("utf-8", charset):
        try:
            return raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")


@lru_cache(maxsize=8)
def read(payload: bytes) -> Answer:
    """Take an answer apart; raises `Malformed` when the agent refuses everything, or it is none.

    Kept for a moment: all probes of a printer read the same answer, one after the other.
    """
    first, *parts = parted(payload, len(QUESTIONS))
    tables: dict[str, Entries] = {}
    refusals: list[Malformed] = []
    for (oid, _), part in zip(TABLES, parts, strict=True):
        try:
            tables[oid] = rows(part, oid)
        except (Malformed, ValueError) as error:
            # Firmware that fails at one table answers the others all the same.
            refusals.append(error if isinstance(error, Malformed) else Malformed("a table of none"))
    scalars = _scalars(first, refusals)
    if len(refusals) > len(TABLES):
        raise refusals[0]
    return Answer(scalars, tables, _charset(tables))


def _scalars(part: Part, refusals: list[Malformed]) -> Mapping[str, Value]:
    try:
        return values(part)
    except Malformed as error:
        refusals.append(error)
        return {}


def _charset(tables: Mapping[str, Entries]) -> str:
    """Of the localization that descriptions and alerts are in."""
    for device, general in tables.get(GENERAL, {}).items():
        chosen = tables.get(LOCAL, {}).get(f"{device}.{number(general.get(2))}", {}).get(4)
        if isinstance(chosen, int):
            return word.CHARSETS.get(chosen, "utf-8")
    return "utf-8"


def number(value: Value) -> int | None:
    """A whole number; None for anything else."""
    return value if isinstance(value, int) else None


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
