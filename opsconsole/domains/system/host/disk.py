"""Block devices: throughput, latency and utilisation of each between two answers."""

import functools
import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import limit, wire
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.spec import Probe

SECTOR = 512
"""Bytes of a sector in /proc/diskstats, whatever the device's own are."""

Counters = tuple[int, ...]
"""Reads, merged, sectors, ms; the same of writes. On Linux also: in flight, ms busy, ms weighted by
what was in flight."""

READS, READ_SECTORS, READ_MS, WRITES, WRITE_SECTORS, WRITE_MS = 0, 2, 3, 4, 6, 7
IN_FLIGHT, BUSY_MS, WEIGHTED_MS = 8, 9, 10

_PARTITION = re.compile(rb"(.*[0-9])p[0-9]+|(.*[^0-9])[0-9]+")
_NOT_A_DISK = (b"loop", b"ram", b"zram", b"sr", b"fd")
_STACKED = (b"dm-", b"md", b"drbd", b"bcache")


class Reading(NamedTuple):
    """Counters of every disk at one moment."""

    moment: wire.Moment
    disks: dict[bytes, Counters]


@functools.lru_cache(1024)
def wanted(names: tuple[bytes, ...]) -> frozenset[bytes]:
    """Disks worth a row: partitions of a disk that is there, loops and RAM disks are not."""
    present = frozenset(names)

    def part(name: bytes) -> bool:
        match = _PARTITION.fullmatch(name)
        return bool(match and (match[1] or match[2]) in present)

    return frozenset(n for n in names if not n.startswith(_NOT_A_DISK) and not part(n))


@functools.lru_cache(1024)
def bottom(names: tuple[bytes, ...]) -> frozenset[bytes]:
    """Wanted disks that stand on no other, so that sums count a transfer once; all if none does."""
    keep = wanted(names)
    return frozenset(name for name in keep if not name.startswith(_STACKED)) or keep


def disks(
    lines: bytes, choose: Callable[[tuple[bytes, ...]], Collection[bytes]] = wanted
) -> dict[bytes, Counters]:
    """Counters of the chosen disks by name, from the diskstats lines of a vitals answer."""
    words, width = wire.table(lines, b"\ndiskstats:")
    if words and width < 11:
        raise ValueError(f"{width} of at least 11 fields")
    names = words[2::width]
    chosen = choose(tuple(names))
    return {
        name: wire.counts(words[at : at + min(width, 14) - 3])
        for at, name in zip(range(3, len(words), width), names, strict=True)
        if name in chosen
    }


def _at(counters: Counters | None, field: int) -> int | None:
    return counters[field] if counters is not None and field < len(counters) else None


def latency(now: Counters, before: Counters | None) -> float | None:
    """Milliseconds an operation took, queueing included; None when there was none."""
    if before is None:
        return None
    done = now[READS] + now[WRITES] - before[READS] - before[WRITES]
    spent = now[READ_MS] + now[WRITE_MS] - before[READ_MS] - before[WRITE_MS]
    return spent / done if done > 0 and spent >= 0 else None


def utilisation(now: Counters, before: Counters | None, seconds: float | None) -> float | None:
    """Percent of the time with at least one operation in flight."""
    busy = wire.rate(_at(now, BUSY_MS), _at(before, BUSY_MS), seconds, 0.1)
    return None if busy is None else min(busy, 100.0)


class Total(NamedTuple):
    """All disks of a host in one line; names are empty when nothing was busy."""

    read_bytes_per_s: float | None
    write_bytes_per_s: float | None
    utilisation_percent: float | None
    busiest: Clean
    await_ms: float | None
    slowest: Clean


NOTHING = Total(None, None, None, Clean(""), None, Clean(""))


def total(
    now: Mapping[bytes, Counters], before: Mapping[bytes, Counters], seconds: float | None
) -> Total:
    """Sums over disks that stand on no other, and the worst of them."""
    if seconds is None:
        return NOTHING
    read = write = 0
    known = False
    worst, busiest, wait, slowest = -1.0, b"", -1.0, b""
    for name, new in now.items():
        old = before.get(name)
        if old is None or new[READS] < old[READS] or new[WRITES] < old[WRITES]:
            continue
        known = True
        read += max(new[READ_SECTORS] - old[READ_SECTORS], 0)
        write += max(new[WRITE_SECTORS] - old[WRITE_SECTORS], 0)
        busy = utilisation(new, old, seconds)
        if busy is not None and busy > worst:
            worst, busiest = busy, name
        took = latency(new, old)
        if took is not None and took > wait:
            wait, slowest = took, name
    if not known:
        return NOTHING
    scale = SECTOR / seconds
    return Total(
        read * scale,
        write * scale,
        worst if worst >= 0 else None,
        clean_bytes(busiest, 32) if worst > 0 else Clean(""),
        wait if wait >= 0 else None,
        clean_bytes(slowest, 32),
    )


def read(payload: bytes) -> Reading:
    """Parse the diskstats lines of a vitals answer; raises `Malformed`."""
    lines = wire.text(payload)
    where = "/proc/uptime"
    try:
        moment = wire.moment(lines)
        where = "/proc/diskstats"
        return Reading(moment, disks(lines))
    except (ValueError, IndexError) as error:
        raise wire.malformed(where, error) from error


def rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row per disk; rates are None at its first appearance."""
    seconds = wire.elapsed(now.moment, before.moment if before else None)
    known: Mapping[bytes, Counters] = before.disks if before else {}
    return [_row(name, new, known.get(name), seconds) for name, new in now.disks.items()]


def _row(name: bytes, new: Counters, old: Counters | None, seconds: float | None) -> Row:
    def per_s(field: int, scale: float = 1) -> float | None:
        return wire.rate(_at(new, field), _at(old, field), seconds, scale)

    def each(ms: int, operations: int) -> float | None:
        if old is None or seconds is None:
            return None
        done, spent = new[operations] - old[operations], new[ms] - old[ms]
        return spent / done if done > 0 and spent >= 0 else None

    return (
        clean_bytes(name, 32),
        per_s(READ_SECTORS, SECTOR),
        per_s(WRITE_SECTORS, SECTOR),
        per_s(READS),
        per_s(WRITES),
        latency(new, old) if seconds else None,
        each(READ_MS, READS),
        each(WRITE_MS, WRITES),
        utilisation(new, old, seconds),
        per_s(WEIGHTED_MS, 0.001),
        _at(new, IN_FLIGHT),
    )


def _column(
    key: str, title: str, quantity: Quantity, field: str, limits: Limits | None = None
) -> Column:
    return Column(key, title, quantity, f"/proc/diskstats: {field}", limits)


PROBE = Probe(
    id="host.disk",
    title="Disks",
    exchange="vitals",
    columns=(
        _column("device", "DISK", Quantity.TEXT, "name; partitions of a listed disk are left out"),
        _column("read_bytes_per_s", "READ", Quantity.BYTES_PER_S, "sectors read x 512"),
        _column("write_bytes_per_s", "WRITE", Quantity.BYTES_PER_S, "sectors written x 512"),
        _column("reads_per_s", "READS/S", Quantity.PER_S, "reads completed"),
        _column("writes_per_s", "WRITES/S", Quantity.PER_S, "writes completed"),
        _column(
            "await_ms",
            "AWAIT",
            Quantity.MILLISECONDS,
            "ms reading and writing / operations completed",
            limit.AWAIT,
        ),
        _column("read_await_ms", "R AWAIT", Quantity.MILLISECONDS, "ms reading / reads"),
        _column("write_await_ms", "W AWAIT", Quantity.MILLISECONDS, "ms writing / writes"),
        _column(
            "utilisation_percent",
            "UTIL%",
            Quantity.PERCENT,
            "ms doing I/O of the time; a device with many queues can do more at 100 %",
            limit.UTILISATION,
        ),
        _column("queue", "QUEUE", Quantity.NUMBER, "weighted ms doing I/O of the time: mean queue"),
        _column("in_flight", "FLIGHT", Quantity.COUNT, "operations in flight now"),
    ),
    key=("device",),
    read=read,
    rows=rows,
)
