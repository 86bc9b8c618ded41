"""What the journal took down as errors, by who wrote it; many at once are a burst."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.domains.system.host import inventory, slow, wire
from opsconsole.errors import Denied, Unsupported
from opsconsole.model import Column, Level, Quantity, Row
from opsconsole.spec import Probe

BURST = 10.0
"""Errors a minute of one unit that are a burst."""

CRITICAL = 2
"""Priorities up to this one (emerg, alert, crit) are worse than an error."""

_LEVELS = ("emerg", "alert", "crit", "err")
_MOST = 300
"""Entries an answer has at most; the sampler asks for no more."""
_SPAN = re.compile(rb"\d{1,6}")


class _Entry(msgspec.Struct):
    """One entry, as `journalctl -o json` writes it; a text that is no UTF-8 comes as numbers."""

    message: str | list[int] | None = msgspec.field(name="MESSAGE", default=None)
    priority: str = msgspec.field(name="PRIORITY", default="3")
    unit: str | None = msgspec.field(name="_SYSTEMD_UNIT", default=None)
    about: str | None = msgspec.field(name="UNIT", default=None)
    """Whom the service manager speaks of."""
    identifier: str | list[int] | None = msgspec.field(name="SYSLOG_IDENTIFIER", default=None)
    transport: str = msgspec.field(name="_TRANSPORT", default="")


class Errors(NamedTuple):
    """What one unit wrote, or what was written of it."""

    unit: Clean
    entries: int
    worst: int
    """0 emerg to 3 err."""
    message: Clean
    """The newest."""


class Reading(NamedTuple):
    """All of one answer."""

    span_s: float
    """Seconds it covers."""
    full: bool
    """There may have been more than it holds."""
    errors: list[Errors]


def read(payload: bytes) -> Reading:
    """Parse a journal answer; raises `Malformed`, `Unsupported`, `Denied`."""
    found = slow.sections(payload)
    inventory.supported(found)
    if b"closed" in found:
        what = "the system's journal cannot be read by our account on this host"
        raise Denied(what, "add the account to the group systemd-journal")
    span = slow.one(found, b"span")
    if b"span" not in found:
        raise Unsupported("this host keeps no journal", "look at its own log files")
    if not _SPAN.fullmatch(span):
        raise wire.malformed("the journal", ValueError("no span"))
    lines = found.get(b"journal", [])[:_MOST]
    return Reading(max(float(span), 1.0), len(lines) == _MOST, _summed(_entries(lines)))


def _entries(lines: Sequence[bytes]) -> Iterator[_Entry]:
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=_Entry)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # the last one may be cut, and an odd one costs no other


def _summed(entries: Iterator[_Entry]) -> list[Errors]:
    units: dict[Clean, Errors] = {}
    for one in entries:
        unit = _who(one)
        priority = int(one.priority) if one.priority in {"0", "1", "2", "3"} else 3
        before = units.get(unit)
        units[unit] = Errors(
            unit,
            before.entries + 1 if before else 1,
            min(before.worst, priority) if before else priority,
            _text(one.message, 200),
        )
    return sorted(units.values(), key=lambda each: (-each.entries, each.unit))


def _who(one: _Entry) -> Clean:
    """The unit that it is about or came from; of a login, the program."""
    unit = one.about or one.unit or ""
    if not unit or unit.endswith(".scope"):
        unit = _text(one.identifier, 64) or unit or one.transport or "?"
    return clean(unit, 128)


def _text(value: str | list[int] | None, length: int) -> Clean:
    if isinstance(value, list):
        # One character may take several bytes, and none of them is any other number.
        return clean_bytes(bytes(each & 255 for each in value[: 4 * length]), length)
    return clean(" ".join((value or "").split()), length)


def rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per unit that has errors, the busiest first."""
    return [
        (
            each.unit,
            60 * each.entries / now.span_s,
            each.entries,
            Clean(_LEVELS[each.worst]),
            each.message,
        )
        for each in now.errors
    ]


_JOURNAL = "journalctl -p err: "

PROBE = Probe(
    id="host.journal",
    title="Log errors",
    exchange="journal",
    columns=(
        Column("unit", "UNIT", Quantity.TEXT, _JOURNAL + "UNIT, _SYSTEMD_UNIT, else identifier"),
        Column("errors_per_min", "ERR/MIN", Quantity.NUMBER, _JOURNAL + "entries since last asked"),
        Column("errors", "ERRORS", Quantity.COUNT, _JOURNAL + "entries, of 300 at most"),
        Column("priority", "WORST", Quantity.TEXT, _JOURNAL + "lowest PRIORITY"),
        Column("message", "LAST", Quantity.TEXT, _JOURNAL + "MESSAGE of the newest"),
    ),
    key=("unit",),
    read=read,
    rows=rows,
    on_demand=False,
    quiet=True,
)

_UNIT, _RATE, _COUNT, _WORST, _MESSAGE = map(
    PROBE.index, ("unit", "errors_per_min", "errors", "priority", "message")
)


def bursts(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Units that write many errors now and did not before; and those that stopped."""
    old, new = _bursting(before), _bursting(now)
    found: list[Occurrence] = []
    for name, row in new.items():
        if name not in old:
            worse = row[_WORST] in _LEVELS[: CRITICAL + 1]
            text = f"{row[_COUNT]} errors at once, the last: {row[_MESSAGE]}"
            found.append(_burst(target, at, name, Level.CRIT if worse else Level.WARN, text))
    over = [name for name in old if name not in new]
    return found + [_burst(target, at, n, Level.OK, "no more bursts of errors") for n in over]


def _bursting(rows: Sequence[Row]) -> dict[object, Row]:
    rates = ((row, row[_RATE]) for row in rows)
    return {row[_UNIT]: row for row, rate in rates if isinstance(rate, float) and rate >= BURST}


def _burst(target: str, at: float, name: object, level: Level, text: str) -> Occurrence:
    unit = clean(str(name))
    return Occurrence(at, "log", target, unit, level, clean(f"{unit}: {text}"))
