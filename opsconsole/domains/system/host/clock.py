"""The target's clock: who disciplines it, whether it follows, and how far it is off."""

import re
from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import limit, slow, wire
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

FOLLOWS, ALONE, UNKNOWN = Clean("synchronised"), Clean("not synchronised"), Clean("unknown")

_PAIR = re.compile(rb"(\w+)=([^\s,]*)")


class Clock(NamedTuple):
    """What one source says; None where it does not say. Offsets as the source signs them."""

    source: Clean
    state: Clean
    reference: Clean | None = None
    stratum: int | None = None
    offset_ms: float | None = None
    root_delay_ms: float | None = None
    root_dispersion_ms: float | None = None
    frequency_ppm: float | None = None
    update_s: float | None = None
    at: float | None = None
    """The target's own time, Unix seconds."""
    zone: Clean | None = None
    uptime_s: float | None = None

    @property
    def distance_ms(self) -> float | None:
        """How far off, whichever way."""
        return None if self.offset_ms is None else abs(self.offset_ms)


@slow.shared
def clock(found: dict[bytes, list[bytes]]) -> Clock:
    """The clock of a slow answer, from the best source that answered."""
    date = slow.one(found, b"date").split()
    at = wire.real(date[0]) if date else None
    zone = clean_bytes(b" ".join(date[1:]), 32) if len(date) > 1 else None
    return _disciplined(found)._replace(at=at, zone=zone, uptime_s=slow.uptime(found))


def _disciplined(found: dict[bytes, list[bytes]]) -> Clock:
    if b"chrony" in found:
        return _chrony(slow.one(found, b"chrony"))
    if b"ntp" in found:
        return _ntp(b" ".join(found[b"ntp"]))
    if b"timedate" in found:
        pairs = slow.pairs(found[b"timedate"])
        return Clock(Clean("timedatectl"), _follows(pairs.get(b"NTPSynchronized"), b"yes", b"no"))
    if b"adjtimex" in found:
        return _adjtimex(b"\n".join(found[b"adjtimex"]))
    return Clock(Clean("none"), UNKNOWN)


def _follows(word: bytes | None, yes: bytes, no: bytes) -> Clean:
    return FOLLOWS if word == yes else ALONE if word == no else UNKNOWN


def _chrony(line: bytes) -> Clock:
    """CSV of `chronyc -c tracking`: refid, name, stratum, time, offset, last and RMS offset,
    frequency, residual, skew, root delay, root dispersion, update interval, leap.
    """
    fields = line.split(b",")
    if len(fields) < 14:
        raise ValueError(f"{len(fields)} of 14 fields of chronyc")
    offset, frequency, delay, dispersion, update = (
        _signed(fields[index]) for index in (4, 7, 10, 11, 12)
    )
    return Clock(
        Clean("chronyc"),
        ALONE if fields[13] == b"Not synchronised" else FOLLOWS,
        clean_bytes(fields[1], 64),
        wire.counts(fields[2:3])[0],
        1000 * offset,
        1000 * delay,
        1000 * dispersion,
        frequency,
        update,
    )


def _ntp(text: bytes) -> Clock:
    """Variables of `ntpq -c rv`; offsets and delays are in ms there, leap 3 is "no source"."""
    pairs: dict[bytes, bytes] = dict(_PAIR.findall(text))

    def number(name: bytes) -> float | None:
        return _signed(pairs[name]) if pairs.get(name) else None

    stratum = number(b"stratum")
    leap = pairs.get(b"leap", b"")
    return Clock(
        Clean("ntpq"),
        UNKNOWN if not leap else ALONE if leap in {b"11", b"3"} else FOLLOWS,
        clean_bytes(pairs.get(b"refid", b""), 64),
        None if stratum is None else int(stratum),
        number(b"offset"),
        number(b"rootdelay"),
        number(b"rootdisp"),
        number(b"frequency"),
    )


def _adjtimex(text: bytes) -> Clock:
    """The kernel's own state as busybox prints it; its offset is what is left to slew."""
    offset = re.search(rb"offset:\s+(-?\d{1,12}) us", text)
    status = re.search(rb"status:\s+\d+ \(([A-Z |]*)\)", text)
    flags = status[1].replace(b"|", b" ").split() if status else [b"UNSYNC"]
    follows = status is not None and b"UNSYNC" not in flags
    return Clock(
        Clean("adjtimex"),
        FOLLOWS if follows else ALONE if status else UNKNOWN,
        offset_ms=int(offset[1]) / 1000 if offset and follows else None,
    )


def _signed(word: bytes) -> float:
    value = float(word)
    if not abs(value) < 1e12:
        raise ValueError("number out of range")
    return value


def read(payload: bytes) -> Clock:
    """Parse the clock lines of a slow answer; raises `Malformed`."""
    try:
        return clock(slow.sections(payload))
    except (ValueError, IndexError) as error:
        raise wire.malformed("the clock", error) from error


def rows(now: Clock, _before: Clock | None) -> list[Row]:
    """The one row."""
    return [
        (
            now.state,
            now.source,
            now.distance_ms,
            now.offset_ms,
            now.reference,
            now.stratum,
            now.root_delay_ms,
            now.root_dispersion_ms,
            now.frequency_ppm,
            now.update_s,
            now.at,
            now.zone,
            now.uptime_s,
        )
    ]


_MS = Quantity.MILLISECONDS
_FROM = "chronyc -c tracking, ntpq -c rv: "

PROBE = Probe(
    id="host.clock",
    title="Clock",
    exchange="slow",
    columns=(
        Column(
            "clock",
            "CLOCK",
            Quantity.STATE,
            "leap of chronyc or ntpq, NTPSynchronized of timedatectl, status of adjtimex",
        ),
        Column("source", "SOURCE", Quantity.TEXT, "the first of these that answers on the host"),
        Column(
            "clock_distance_ms",
            "OFF BY",
            _MS,
            "the offset, whichever way",
            limit.OFFSET,
            history=True,
        ),
        Column("offset_ms", "OFFSET", _MS, _FROM + "offset; signed as the source signs it"),
        Column("reference", "REFERENCE", Quantity.TEXT, _FROM + "reference"),
        Column("stratum", "STRATUM", Quantity.COUNT, _FROM + "stratum"),
        Column("root_delay_ms", "ROOT DELAY", _MS, _FROM + "root delay"),
        Column("root_dispersion_ms", "ROOT DISP", _MS, _FROM + "root dispersion"),
        Column("frequency_ppm", "FREQ PPM", Quantity.NUMBER, _FROM + "frequency"),
        Column("update_s", "UPDATE", Quantity.SECONDS, "chronyc -c tracking: update interval"),
        Column("at", "ITS TIME", Quantity.TIME, "date +%s on the host"),
        Column("zone", "ZONE", Quantity.TEXT, "date +%z %Z on the host"),
        Column("uptime_s", "UPTIME", Quantity.SECONDS, "/proc/uptime"),
    ),
    key=(),
    read=read,
    rows=rows,
)
