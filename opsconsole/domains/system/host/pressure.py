"""Pressure stall information: how long tasks waited for processor, memory, I/O or interrupts."""

from typing import NamedTuple

from opsconsole.clean import Clean
from opsconsole.domains.system.host import wire
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

RESOURCES = ("cpu", "memory", "io", "irq")


class Stall(NamedTuple):
    """One line of /proc/pressure: percent of 10, 60 and 300 s, and microseconds since boot."""

    avg10: float
    avg60: float
    avg300: float
    total_us: int


class Reading(NamedTuple):
    """Stalls of every resource the kernel accounts for, at one moment."""

    moment: wire.Moment
    stalls: dict[tuple[str, str], Stall]
    """By resource, and `some` (a task waited) or `full` (all did)."""


def read(payload: bytes) -> Reading:
    """Parse the pressure lines of a vitals answer; raises `Malformed`."""
    lines = wire.text(payload)
    where = "/proc/uptime"
    try:
        moment = wire.moment(lines)
        stalls: dict[tuple[str, str], Stall] = {}
        for resource in RESOURCES:
            where = f"/proc/pressure/{resource}"
            for kind in ("some", "full"):
                line = wire.first(lines, f"\npressure/{resource}:{kind} ".encode())
                if line is not None:
                    stalls[resource, kind] = _stall(line)
    except (ValueError, IndexError) as error:
        raise wire.malformed(where, error) from error
    return Reading(moment, stalls)


def _stall(line: bytes) -> Stall:
    words = [word.partition(b"=")[2] for word in line.split()]
    avg10, avg60, avg300 = map(wire.real, words[:3])
    return Stall(avg10, avg60, avg300, wire.counts(words[3:4])[0])


def rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row per resource; none on a kernel without pressure information."""
    seconds = wire.elapsed(now.moment, before.moment if before else None)
    old = before.stalls if before else {}
    found: list[Row] = []
    for resource in RESOURCES:
        some, full = (now.stalls.get((resource, kind)) for kind in ("some", "full"))
        if some is None and full is None:
            continue
        found.append(
            (
                Clean(resource),
                _since(some, old.get((resource, "some")), seconds),
                *(some[:3] if some else (None,) * 3),
                _since(full, old.get((resource, "full")), seconds),
                *(full[:3] if full else (None,) * 3),
            )
        )
    return found


def _since(now: Stall | None, before: Stall | None, seconds: float | None) -> float | None:
    """Percent of the time between two answers, from the microseconds stalled."""
    stalled = wire.rate(
        now.total_us if now else None, before.total_us if before else None, seconds, 1e-4
    )
    return None if stalled is None else min(stalled, 100.0)


def _percent(key: str, title: str, field: str) -> Column:
    return Column(f"{key}_percent", title, Quantity.PERCENT, f"/proc/pressure/*: {field}")


PROBE = Probe(
    id="host.pressure",
    title="Pressure",
    exchange="vitals",
    columns=(
        Column("resource", "RESOURCE", Quantity.TEXT, "/proc/pressure/*"),
        _percent("some", "SOME%", "some total, of the time since the last answer"),
        _percent("some_10s", "SOME 10S", "some avg10"),
        _percent("some_60s", "SOME 60S", "some avg60"),
        _percent("some_300s", "SOME 300S", "some avg300"),
        _percent("full", "FULL%", "full total, of the time since the last answer"),
        _percent("full_10s", "FULL 10S", "full avg10"),
        _percent("full_60s", "FULL 60S", "full avg60"),
        _percent("full_300s", "FULL 300S", "full avg300"),
    ),
    key=("resource",),
    read=read,
    rows=rows,
)
