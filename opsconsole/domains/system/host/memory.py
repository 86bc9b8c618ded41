"""Memory and swap: what is used and by what, paging, and what the kernel killed."""

from typing import NamedTuple

from opsconsole.domains.system.host import limit, wire
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_SIZES = (
    ("free", "FREE", "MemFree"),
    ("buffers", "BUFFERS", "Buffers"),
    ("cached", "CACHED", "Cached"),
    ("anonymous", "ANON", "AnonPages"),
    ("mapped", "MAPPED", "Mapped"),
    ("shared", "SHARED", "Shmem"),
    ("slab", "SLAB", "Slab"),
    ("slab_reclaimable", "SLAB RECL", "SReclaimable"),
    ("kernel_stack", "KSTACK", "KernelStack"),
    ("page_tables", "PGTABLES", "PageTables"),
    ("dirty", "DIRTY", "Dirty"),
    ("writeback", "WRITEBACK", "Writeback"),
    ("committed", "COMMITTED", "Committed_AS"),
    ("commit_limit", "COMMIT LIM", "CommitLimit"),
    ("swap_cached", "SWAPCACHED", "SwapCached"),
)
"""Key, title and field of the rows that are one field of /proc/meminfo each."""


class Paging(NamedTuple):
    """Counters of /proc/vmstat since boot; None where the kernel has none."""

    swapped_in: int | None
    swapped_out: int | None
    major_faults: int | None
    killed: int | None


class Reading(NamedTuple):
    """Memory at one moment; sizes in kB by name of /proc/meminfo."""

    moment: wire.Moment
    sizes: dict[bytes, int]
    paging: Paging


def available(
    known: int | None, free: int | None, buffers: int | None, cached: int | None
) -> int | None:
    """MemAvailable in kB; before Linux 3.14, what is free or could be."""
    if known is not None or free is None:
        return known
    return free + (buffers or 0) + (cached or 0)


def used(whole: int | None, rest: int | None) -> int | None:
    """What is not left of it."""
    return None if whole is None or rest is None else max(whole - rest, 0)


def read(payload: bytes) -> Reading:
    """Parse the meminfo and vmstat lines of a vitals answer; raises `Malformed`."""
    lines = wire.text(payload)
    where = "/proc/uptime"
    try:
        moment = wire.moment(lines)
        where = "/proc/vmstat"
        counters = Paging(
            wire.number(lines, b"\nvmstat:pswpin "),
            wire.number(lines, b"\nvmstat:pswpout "),
            wire.number(lines, b"\nvmstat:pgmajfault "),
            wire.number(lines, b"\nvmstat:oom_kill "),
        )
        where = "/proc/meminfo"
        sizes = dict(_size_of(line) for line in wire.each(lines, b"\nmeminfo:"))
    except (ValueError, IndexError) as error:
        raise wire.malformed(where, error) from error
    parts = (sizes.get(name) for name in (b"MemAvailable", b"MemFree", b"Buffers", b"Cached"))
    if (free := available(*parts)) is not None:
        sizes[b"MemAvailable"] = free
    return Reading(moment, sizes, counters)


def _size_of(line: bytes) -> tuple[bytes, int]:
    name, _, size = line.partition(b":")
    return name, wire.count(size.removesuffix(b" kB"))


def rows(now: Reading, before: Reading | None) -> list[Row]:
    """The one row; no row when the host says nothing of its memory."""
    if not now.sizes:
        return []
    seconds = wire.elapsed(now.moment, before.moment if before else None)
    old = before.paging if before else Paging(None, None, None, None)
    total, free = now.sizes.get(b"MemTotal"), now.sizes.get(b"MemAvailable")
    swap, swap_free = now.sizes.get(b"SwapTotal"), now.sizes.get(b"SwapFree")
    taken, swap_taken = used(total, free), used(swap, swap_free)
    huge = now.sizes.get(b"Hugepagesize")
    return [
        (
            wire.share(taken, total),
            _bytes(total),
            _bytes(taken),
            _bytes(free),
            *(_bytes(now.sizes.get(field.encode())) for _, _, field in _SIZES),
            wire.share(swap_taken, swap),
            _bytes(swap),
            _bytes(swap_taken),
            wire.rate(now.paging.swapped_in, old.swapped_in, seconds),
            wire.rate(now.paging.swapped_out, old.swapped_out, seconds),
            wire.rate(now.paging.major_faults, old.major_faults, seconds),
            now.paging.killed,
            _times(huge, now.sizes.get(b"HugePages_Total")),
            _times(huge, now.sizes.get(b"HugePages_Free")),
        )
    ]


def _bytes(kilobytes: int | None) -> int | None:
    return None if kilobytes is None else kilobytes * 1024


def _times(kilobytes: int | None, count: int | None) -> int | None:
    return None if kilobytes is None or count is None else kilobytes * 1024 * count


def _size(key: str, title: str, field: str) -> Column:
    return Column(f"{key}_bytes", title, Quantity.BYTES, f"/proc/meminfo: {field}")


def _paging(key: str, title: str, quantity: Quantity, field: str) -> Column:
    return Column(key, title, quantity, f"/proc/vmstat: {field}")


PROBE = Probe(
    id="host.memory",
    title="Memory",
    exchange="vitals",
    columns=(
        Column(
            "memory_used_percent",
            "MEM%",
            Quantity.PERCENT,
            "/proc/meminfo: MemTotal - MemAvailable, of MemTotal",
            limit.MEMORY,
        ),
        _size("total", "TOTAL", "MemTotal"),
        _size("used", "USED", "MemTotal - MemAvailable"),
        _size("available", "AVAILABLE", "MemAvailable"),
        *(_size(*size) for size in _SIZES),
        Column(
            "swap_used_percent",
            "SWAP%",
            Quantity.PERCENT,
            "/proc/meminfo: SwapTotal - SwapFree, of SwapTotal",
        ),
        _size("swap_total", "SWAP", "SwapTotal"),
        _size("swap_used", "SWAP USED", "SwapTotal - SwapFree"),
        _paging("swap_in_pages_per_s", "SWAP IN/S", Quantity.PER_S, "pswpin, pages"),
        _paging("swap_out_pages_per_s", "SWAP OUT/S", Quantity.PER_S, "pswpout, pages"),
        _paging("major_faults_per_s", "MAJFLT/S", Quantity.PER_S, "pgmajfault"),
        _paging("oom_kills_since_boot", "OOM KILLS", Quantity.COUNT, "oom_kill"),
        _size("huge_pages_total", "HUGE", "HugePages_Total x Hugepagesize"),
        _size("huge_pages_free", "HUGE FREE", "HugePages_Free x Hugepagesize"),
    ),
    key=(),
    read=read,
    rows=rows,
)
