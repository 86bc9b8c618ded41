"""Vitals: one line per host, parsed for every host of the estate at every answer, so kept cheap."""

import re
from typing import NamedTuple

from opsconsole.domains.system.host import cpu, disk, interface, limit, memory, wire
from opsconsole.errors import Malformed
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.spec import Probe


class Sizes(NamedTuple):
    """Of memory and swap, in kB."""

    total: int | None
    available: int | None
    swap: int | None
    swap_free: int | None


class Reading(NamedTuple):
    """What one answer says of the whole host; None where its kernel says nothing."""

    moment: wire.Moment
    cpu: cpu.Ticks | None
    cores: int
    running: int | None
    blocked: int | None
    load: tuple[float, float, float] | None
    sizes: Sizes
    paging: memory.Paging
    pressure: tuple[float | None, float | None, float | None]
    """some avg10 of cpu, memory, io; percent."""
    disks: dict[bytes, disk.Counters]
    interfaces: dict[bytes, interface.Counters]
    descriptors_percent: float | None
    conntrack_percent: float | None


_SINGLE = re.compile(
    rb"\n(stat:[bp][a-z_]+|meminfo:(?:Mem|Buffers|Cached|SwapT|SwapF)[^ \n]*|vmstat:[a-z_]+|"
    rb"pressure/[a-z]+:some) +(?:avg10=)?([^ \n]*)"
)
"""Name and value of the lines that hold one number of interest, whatever their order."""


def read(payload: bytes) -> Reading:
    """Parse a vitals answer; raises `Malformed` when it cannot be one."""
    lines = wire.text(payload)
    # The lines of every core stand before `middle`, those of disks and interfaces after it.
    start = max(lines.find(b"\nstat:btime"), 0)
    network = _find(lines, b"\nnet/dev:", start)
    devices = min(_find(lines, b"\ndiskstats:", start), network)
    middle = lines[start:devices]
    single: dict[bytes, bytes] = dict(_SINGLE.findall(middle))
    where = "/proc/uptime"
    try:
        moment = _moment(lines, single)
        where = "/proc/stat"
        busy = wire.first(lines, b"\nstat:cpu ")
        ticks = None if busy is None else cpu.ticks(busy)
        cores = lines.count(b"\nstat:cpu", 0, start or None) - (busy is not None)
        running = _count(single.get(b"stat:procs_running"))
        blocked = _count(single.get(b"stat:procs_blocked"))
        where = "/proc/loadavg"
        load = _load(wire.first(middle, b"\nloadavg:"))
        where = "/proc/meminfo"
        sizes = _sizes(single)
        where = "/proc/vmstat"
        paging = _paging(single)
        where = "/proc/pressure"
        stalls = _stalls(single)
        where = "/proc/diskstats"
        disks = disk.disks(lines[devices:network], disk.bottom)
        where = "/proc/net/dev"
        interfaces = interface.outer(lines[network:])
        where = "/proc/sys"
        full = _descriptors(lines), _conntrack(lines)
    except (ValueError, IndexError) as error:
        raise wire.malformed(where, error) from error
    if ticks is None and sizes.total is None:
        raise Malformed("the host's answer has neither cpu nor memory", "is /proc mounted there?")
    state = (moment, ticks, max(cores, 0), running, blocked, load, sizes, paging, stalls)
    return Reading(*state, disks, interfaces, *full)


def _find(lines: bytes, tag: bytes, start: int) -> int:
    """Where a block begins; at the end when it is not there."""
    found = lines.find(tag, start)
    return found if found >= 0 else len(lines)


def _moment(lines: bytes, single: dict[bytes, bytes]) -> wire.Moment:
    uptime = wire.first(lines, b"\nuptime:")
    return wire.Moment(
        None if uptime is None else wire.real(uptime.partition(b" ")[0]),
        _count(single.get(b"stat:btime")),
    )


def _count(word: bytes | None) -> int | None:
    return None if word is None else wire.count(word)


def _real(word: bytes | None) -> float | None:
    return None if word is None else wire.real(word)


def _sizes(single: dict[bytes, bytes]) -> Sizes:
    take = single.get
    return Sizes(
        _count(take(b"meminfo:MemTotal:")),
        memory.available(
            _count(take(b"meminfo:MemAvailable:")),
            _count(take(b"meminfo:MemFree:")),
            _count(take(b"meminfo:Buffers:")),
            _count(take(b"meminfo:Cached:")),
        ),
        _count(take(b"meminfo:SwapTotal:")),
        _count(take(b"meminfo:SwapFree:")),
    )


def _paging(single: dict[bytes, bytes]) -> memory.Paging:
    take = single.get
    return memory.Paging(
        _count(take(b"vmstat:pswpin")),
        _count(take(b"vmstat:pswpout")),
        _count(take(b"vmstat:pgmajfault")),
        _count(take(b"vmstat:oom_kill")),
    )


def _stalls(single: dict[bytes, bytes]) -> tuple[float | None, float | None, float | None]:
    take = single.get
    return (
        _real(take(b"pressure/cpu:some")),
        _real(take(b"pressure/memory:some")),
        _real(take(b"pressure/io:some")),
    )


def _load(line: bytes | None) -> tuple[float, float, float] | None:
    if line is None:
        return None
    one, five, fifteen = map(wire.real, line.split(None, 3)[:3])
    return one, five, fifteen


def _descriptors(lines: bytes) -> float | None:
    # Both stand near the end: found from there, past the lines of every disk and interface.
    start = lines.rfind(b"\nsys/fs/file-nr:")
    line = wire.first(lines[start:], b"file-nr:") if start >= 0 else None
    if line is None:
        return None
    used, _, most = wire.counts(line.split())
    return wire.share(used, most)


def _conntrack(lines: bytes) -> float | None:
    start = lines.rfind(b"\nsys/net/netfilter/nf_conntrack_count:")
    if start < 0:
        return None
    used = wire.number(lines[start:], b"nf_conntrack_count:")
    return wire.share(used, wire.number(lines[start:], b"nf_conntrack_max:"))


def rows(now: Reading, before: Reading | None) -> list[Row]:
    """The one row; rates are None at the first answer and after a restart of the host."""
    seconds = wire.elapsed(now.moment, before.moment if before else None)
    old = before if seconds else None
    busy, user, nice, system, iowait, _, _, steal = cpu.shares(now.cpu, old.cpu if old else None)
    one, five, fifteen = now.load or (None, None, None)
    paged = old.paging if old else now.paging
    killed = wire.rate(now.paging.killed, paged.killed, 1 if old else None)
    return [
        (
            busy,
            None if user is None or nice is None else user + nice,
            system,
            iowait,
            steal,
            now.cores or None,
            one,
            five,
            fifteen,
            five / now.cores if five is not None and now.cores else None,
            *_shares(now.sizes),
            wire.rate(now.paging.swapped_in, paged.swapped_in, seconds),
            wire.rate(now.paging.swapped_out, paged.swapped_out, seconds),
            *now.pressure,
            *disk.total(now.disks, old.disks if old else {}, seconds),
            *interface.total(now.interfaces, old.interfaces if old else {}, seconds),
            now.running,
            now.blocked,
            now.descriptors_percent,
            now.conntrack_percent,
            None if killed is None else int(killed),
            now.moment.uptime_s,
            one / now.cores if one is not None and now.cores else None,
            fifteen / now.cores if fifteen is not None and now.cores else None,
        )
    ]


def _shares(sizes: Sizes) -> tuple[float | None, int | None, int | None, float | None]:
    total, available, swap, swap_free = sizes
    return (
        wire.share(memory.used(total, available), total),
        None if available is None else available * 1024,
        None if total is None else total * 1024,
        wire.share(memory.used(swap, swap_free), swap),
    )


def _column(
    key: str, title: str, quantity: Quantity, source: str, limits: Limits | None = None
) -> Column:
    return Column(key, title, quantity, source, limits)


def _plotted(
    key: str, title: str, quantity: Quantity, source: str, limits: Limits | None = None
) -> Column:
    return Column(key, title, quantity, source, limits, history=True)


_P, _N = Quantity.PERCENT, Quantity.NUMBER
_CPU = "/proc/stat cpu: "
_DISKS = "/proc/diskstats: "
_NET = "/proc/net/dev: "
_BOTTOM = ", all disks that stand on no other"
_OUTER = ", all interfaces with hardware below them"

PROBE = Probe(
    id="host.vitals",
    title="Vitals",
    exchange="vitals",
    columns=(
        _plotted("cpu_percent", "CPU%", _P, _CPU + "all but idle and iowait, of host", limit.CPU),
        _plotted("user_percent", "USER%", _P, _CPU + "user + nice"),
        _plotted("system_percent", "SYS%", _P, _CPU + "system"),
        _plotted("iowait_percent", "WAIT%", _P, _CPU + "iowait", limit.IOWAIT),
        _plotted("steal_percent", "STEAL%", _P, _CPU + "steal", limit.STEAL),
        _column("cores", "CORES", Quantity.COUNT, "/proc/stat: number of cpuN lines"),
        _plotted("load1", "LOAD1", _N, "/proc/loadavg: over 1 min"),
        _column("load5", "LOAD5", _N, "/proc/loadavg: over 5 min"),
        _column("load15", "LOAD15", _N, "/proc/loadavg: over 15 min"),
        _plotted("load_per_core", "LOAD/CORE", _N, "/proc/loadavg: 5 min / cores", limit.LOAD),
        _plotted(
            "memory_used_percent",
            "MEM%",
            _P,
            "/proc/meminfo: MemTotal - MemAvailable, of MemTotal",
            limit.MEMORY,
        ),
        _column(
            "memory_available_bytes", "MEM FREE", Quantity.BYTES, "/proc/meminfo: MemAvailable"
        ),
        _column("memory_total_bytes", "MEM", Quantity.BYTES, "/proc/meminfo: MemTotal"),
        _plotted("swap_used_percent", "SWAP%", _P, "/proc/meminfo: SwapTotal - SwapFree"),
        _plotted("swap_in_pages_per_s", "SWAP IN", Quantity.PER_S, "/proc/vmstat: pswpin, pages"),
        _plotted(
            "swap_out_pages_per_s", "SWAP OUT", Quantity.PER_S, "/proc/vmstat: pswpout, pages"
        ),
        _plotted("cpu_pressure_percent", "PSI CPU", _P, "/proc/pressure/cpu: some avg10"),
        _plotted("memory_pressure_percent", "PSI MEM", _P, "/proc/pressure/memory: some avg10"),
        _plotted("io_pressure_percent", "PSI IO", _P, "/proc/pressure/io: some avg10"),
        _plotted(
            "read_bytes_per_s", "READ", Quantity.BYTES_PER_S, f"{_DISKS}sectors read x 512{_BOTTOM}"
        ),
        _plotted(
            "write_bytes_per_s",
            "WRITE",
            Quantity.BYTES_PER_S,
            f"{_DISKS}sectors written x 512{_BOTTOM}",
        ),
        _plotted(
            "disk_utilisation_percent",
            "DISK%",
            _P,
            f"{_DISKS}ms doing I/O of the time, busiest disk",
            limit.UTILISATION,
        ),
        _column("busiest_disk", "BUSIEST", Quantity.TEXT, f"{_DISKS}the disk of DISK%"),
        _plotted(
            "disk_await_ms",
            "AWAIT",
            Quantity.MILLISECONDS,
            f"{_DISKS}ms reading and writing / operations, slowest disk",
            limit.AWAIT,
        ),
        _column("slowest_disk", "SLOWEST", Quantity.TEXT, f"{_DISKS}the disk of AWAIT"),
        _plotted("receive_bits_per_s", "RX", Quantity.BITS_PER_S, f"{_NET}received x 8{_OUTER}"),
        _plotted("transmit_bits_per_s", "TX", Quantity.BITS_PER_S, f"{_NET}sent x 8{_OUTER}"),
        _plotted(
            "network_faults_per_s",
            "NET FAULTS",
            Quantity.PER_S,
            f"{_NET}errs + drop, both ways{_OUTER}",
            limit.FAULTS,
        ),
        _column("running", "RUNNING", Quantity.COUNT, "/proc/stat: procs_running"),
        _column("blocked", "BLOCKED", Quantity.COUNT, "/proc/stat: procs_blocked"),
        _column(
            "descriptors_percent",
            "FD%",
            _P,
            "/proc/sys/fs/file-nr: allocated, of the most allowed",
            limit.DESCRIPTORS,
        ),
        _column(
            "conntrack_percent",
            "CONNTRACK%",
            _P,
            "/proc/sys/net/netfilter: nf_conntrack_count, of nf_conntrack_max",
            limit.CONNTRACK,
        ),
        _column(
            "oom_kills",
            "OOM KILLS",
            Quantity.COUNT,
            "/proc/vmstat: oom_kill since the last answer",
            limit.OOM,
        ),
        _column("uptime_s", "UPTIME", Quantity.SECONDS, "/proc/uptime", limit.UPTIME),
        _column("load1_per_core", "LOAD1/CORE", _N, "/proc/loadavg: 1 min / cores"),
        _column("load15_per_core", "LOAD15/COR", _N, "/proc/loadavg: 15 min / cores"),
    ),
    key=(),
    read=read,
    rows=rows,
    on_demand=False,
)
