"""Entries of a controller's log: what its numbers mean, whom they name, when they were."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from opsconsole.clean import Clean, clean
from opsconsole.model import Level

Document = Any  # of a stranger: looked at by type at each step

ALARM, EXCEPTION, OPERATION, EVENT = 1, 2, 3, 5
"""Majors of an entry."""

LOCK_OPEN, OPENED, CLOSED, FORCED, HELD = 0x15, 0x19, 0x1A, 0x1B, 0x1C
"""Minors of `EVENT` that follow one door."""

POWER_ON, REMOTE_OPEN = 0x400, 0x400
"""Minors of `EXCEPTION` and of `OPERATION`."""

_WORDS: Mapping[int, Mapping[int, str]] = {
    ALARM: {
        0x400: "alarm input short-circuited", 0x401: "alarm input cut", 0x402: "alarm input fault",
        0x403: "alarm input normal again", 0x404: "controller opened (tamper)",
        0x405: "controller closed again", 0x406: "reader opened (tamper)",
        0x407: "reader closed again", 0x408: "event input", 0x409: "event input over",
        0x40A: "opened under duress", 0x40B: "log of offline events nearly full",
        0x40C: "too many wrong cards",
    },
    EXCEPTION: {
        0x27: "network lost", 0x3A: "RS-485 device lost", 0x3B: "RS-485 device back",
        0x400: "powered on", 0x401: "powered off", 0x402: "reset by its watchdog",
        0x403: "battery low", 0x404: "battery good again", 0x405: "mains lost",
        0x406: "mains back", 0x407: "network back", 0x408: "flash memory at fault",
        0x409: "reader offline", 0x40A: "reader online again",
    },
    OPERATION: {
        0x5A: "upgraded on the spot", 0x70: "somebody signed in", 0x71: "somebody signed out",
        0x79: "armed", 0x7A: "disarmed", 0x7B: "restart asked for", 0x7E: "upgraded",
        0x400: "opened by remote", 0x401: "put back to cards by remote",
        0x402: "normally open by remote", 0x403: "normally closed by remote",
        0x404: "clock set", 0x405: "clock set by NTP", 0x406: "all cards deleted",
        0x407: "settings restored",
    },
    EVENT: {
        0x01: "card accepted", 0x02: "card and code accepted", 0x03: "card and code refused",
        0x06: "card without the right", 0x07: "card outside of its hours", 0x08: "card expired",
        0x09: "card not known", 0x0A: "refused: was not let out before",
        0x0B: "refused: another door is open", 0x13: "normally open begins",
        0x14: "normally open ends", 0x15: "lock released", 0x16: "lock locked",
        0x17: "exit button pressed", 0x18: "exit button let go", 0x19: "opened", 0x1A: "closed",
        0x1B: "forced open", 0x1C: "held open", 0x1F: "normally closed begins",
        0x20: "normally closed ends", 0x25: "bell rings", 0x26: "finger accepted",
        0x27: "finger refused", 0x34: "fire relay holds it open", 0x35: "fire relay let go",
        0x4B: "face accepted", 0x4C: "face refused", 0x53: "lock short-circuited",
        0x54: "lock cut off", 0x55: "lock fault", 0x56: "contact short-circuited",
        0x57: "contact cut off", 0x58: "contact fault", 0x5C: "lock does not open",
        0x5D: "lock opens too long",
    },
}  # fmt: skip
_CRITICAL = frozenset({
    (ALARM, 0x404), (ALARM, 0x406), (ALARM, 0x40A), (EVENT, FORCED), (EVENT, 0x34),
})  # fmt: skip
_WARNING = frozenset({
    (ALARM, 0x40C), (EXCEPTION, 0x3A), (EXCEPTION, 0x402), (EXCEPTION, 0x403), (EXCEPTION, 0x405),
    (EXCEPTION, 0x409), (OPERATION, 0x402), (OPERATION, 0x403), (OPERATION, 0x406),
    (OPERATION, 0x407), (EVENT, HELD), (EVENT, 0x1F), (EVENT, 0x5C),
})  # fmt: skip
_MAJORS = {ALARM: "alarm", EXCEPTION: "exception", OPERATION: "operation", EVENT: "event"}
_MOST = 200
_END = 1 << 33
"""Unix times beyond are of no clock that was ever set."""
_ZONE = re.compile(r"[A-Za-z]{2,6}([+-])(\d{1,2}):(\d\d)(:\d\d)?")
"""As POSIX writes it: `CST-8:00:00` is eight hours before UTC's clock."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    major: int
    minor: int
    serial: int | None
    at: float | None
    """Unix time by the controller's own clock."""
    door: int | None
    reader: int | None
    who: Clean
    card: Clean

    @property
    def word(self) -> Clean:
        """What happened."""
        known = _WORDS.get(self.major, {}).get(self.minor)
        kind = _MAJORS.get(self.major, f"kind {self.major}")
        return clean(known or f"{kind} 0x{self.minor:x}")

    @property
    def level(self) -> Level:
        """How bad that is by itself."""
        what = (self.major, self.minor)
        return Level.CRIT if what in _CRITICAL else Level.WARN if what in _WARNING else Level.OK

    @property
    def order(self) -> tuple[float, int]:
        """Later ones are greater."""
        return self.at or 0.0, self.serial or 0


def number(value: object, most: int = 2**53) -> int | None:
    """A whole number that is not negative, also as text; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 17:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= most else None


def seconds(value: object, zone: object = "") -> float | None:
    """Unix time of a controller's words; without an offset in them, by the zone it names."""
    try:
        moment = datetime.datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            found = _ZONE.fullmatch(str(zone)[:40])
            if not found:
                return None
            away = datetime.timedelta(hours=int(found[2]), minutes=int(found[3]))
            offset = -away if found[1] == "+" else away
            moment = moment.replace(tzinfo=datetime.timezone(offset))
        when = moment.timestamp()
    except (ValueError, OverflowError):
        return None
    return when if 0 < when < _END else None


def entries(said: Document) -> list[Entry] | None:
    """Entries of an answer to `AcsEvent`, the newest first; None when it has no log to tell."""
    log: Document = cast("dict[str, Document]", said).get("AcsEvent") if _is(said) else None
    if not _is(log):
        return None
    told: Document = log.get("InfoList")
    if told is None:
        return [] if number(log.get("totalMatches")) == 0 else None
    if not isinstance(told, list):
        return None
    items = cast("list[object]", told)[:_MOST]
    found = [_entry(cast("dict[str, Document]", one)) for one in items if _is(one)]
    return sorted(found, key=lambda one: one.order, reverse=True)


def _is(value: Document) -> bool:
    return isinstance(value, dict)


def _entry(one: dict[str, Document]) -> Entry:
    who = one.get("name") or one.get("employeeNoString") or one.get("employeeNo") or ""
    card = clean(str(one.get("cardNo") or ""), 40)
    return Entry(
        number(one.get("major"), 1 << 20) or 0,
        number(one.get("minor"), 1 << 20) or 0,
        number(one.get("serialNo")),
        seconds(one.get("time")),
        number(one.get("doorNo"), 999),
        number(one.get("cardReaderNo"), 9999),
        clean(str(who), 60),
        clean(f"…{card[-4:]}") if len(card) > 4 else card,
    )
