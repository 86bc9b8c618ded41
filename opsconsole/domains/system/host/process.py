"""Processes: what each one uses, told apart by pid, start and boot."""

from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import wire
from opsconsole.errors import Malformed
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

TICKS_PER_S = 100
"""USER_HZ: what /proc counts in; 100 on every architecture but alpha and ia64."""

COMMAND = 200
"""Characters kept of a command line."""

_STATES = {
    b"R": Clean("running"),
    b"S": Clean("sleeping"),
    b"D": Clean("disk wait"),
    b"Z": Clean("zombie"),
    b"T": Clean("stopped"),
    b"t": Clean("traced"),
    b"I": Clean("idle"),
    b"X": Clean("dead"),
}


class Process(NamedTuple):
    """One process; times in ticks, memory in pages."""

    pid: int
    start: int
    parent: int
    name: bytes
    state: bytes
    cpu: int
    priority: int | None
    nice: int
    threads: int
    pages: int


class Reading(NamedTuple):
    """All processes at one moment."""

    moment: wire.Moment
    boot: Clean
    total_bytes: int | None
    page_bytes: int
    processes: dict[tuple[int, int], Process]
    """By pid and start."""
    owners: dict[int, int]
    """Effective user id by pid."""
    users: dict[int, Clean]
    """Names by user id, as /etc/passwd has them."""
    commands: dict[int, Clean]
    """Command lines by pid; a kernel thread has none."""


def read(payload: bytes) -> Reading:
    """Parse a processes answer; raises `Malformed`."""
    lines = wire.text(payload)
    stats: dict[int, list[bytes]] = {}
    commands: dict[int, list[bytes]] = {}
    where = "/proc/*/stat"
    try:
        for line in lines.split(b"\n"):
            source, slash, rest = line.partition(b"/")
            if not slash or not source.isdigit():
                continue
            file, _, content = rest.partition(b":")
            parts = stats if file == b"stat" else commands
            parts.setdefault(int(source), []).append(content)
        # A name may hold newlines, which cut its line in pieces: they belong together by pid.
        found = [_process(pid, b"\n".join(parts)) for pid, parts in stats.items()]
        where = "ls of /proc"
        owners = _owners(lines)
        where = "the host's totals"
        moment = wire.Moment(_real(wire.first(lines, b"\nuptime:")), None)
        total = _first_number(wire.first(lines, b"\ntotal:"))
        page = _first_number(wire.first(lines, b"\npage:KernelPageSize:"))
        boot = wire.first(lines, b"\nsys/kernel/random/boot_id:")
    except (ValueError, IndexError) as error:
        raise wire.malformed(where, error) from error
    if not found:
        raise Malformed("the host lists no process", "is /proc mounted there, and readable?")
    return Reading(
        moment,
        clean_bytes(boot or b"", 36),
        None if total is None else total * 1024,
        (page or 4) * 1024,
        {(process.pid, process.start): process for process in found},
        owners,
        _users(lines),
        {pid: clean_bytes(b" ".join(parts).rstrip(), COMMAND) for pid, parts in commands.items()},
    )


def _process(pid: int, line: bytes) -> Process:
    """One /proc/PID/stat; the name ends at the last parenthesis, whatever it holds."""
    head, _, tail = line.rpartition(b")")
    fields = tail.split(None, 22)
    if len(fields) < 22:
        raise ValueError(f"{len(fields) + 2} of at least 24 fields of process {pid}")
    user, system, threads, start, pages = wire.counts(
        fields[index] for index in (11, 12, 17, 19, 21)
    )
    priority = None if fields[15] == b"-" else _small(fields[15])
    return Process(
        pid,
        start,
        _small(fields[1]),
        head.partition(b"(")[2],
        fields[0],
        user + system,
        priority,
        _small(fields[16]),
        threads,
        pages,
    )


def _small(word: bytes) -> int:
    value = int(word)
    if abs(value) >= 1 << 32:
        raise ValueError("number out of range")
    return value


def _owners(lines: bytes) -> dict[int, int]:
    """Effective user by pid from `ls -dn`, whose first line follows the totals."""
    owners: dict[int, int] = {}
    for line in lines.split(b"\nd")[1:]:
        words = line.partition(b"\n")[0].split()
        if len(words) > 3 and words[2].isdigit() and words[-1].isdigit():
            owners[wire.counts(words[-1:])[0]] = wire.counts(words[2:3])[0]
    return owners


def _users(lines: bytes) -> dict[int, Clean]:
    users: dict[int, Clean] = {}
    for line in wire.each(lines, b"\nuser:"):
        name, _, number = line.rpartition(b":")
        if number.isdigit() and len(number) < 12:
            users.setdefault(int(number), clean_bytes(name, 32))
    return users


def _real(line: bytes | None) -> float | None:
    return wire.real(line.split()[0]) if line else None


def _first_number(line: bytes | None) -> int | None:
    return wire.counts(line.split(None, 1)[:1])[0] if line else None


def rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row per process: those that use most processor first, then most memory."""
    same_boot = before is not None and before.boot == now.boot
    seconds = wire.elapsed(now.moment, before.moment if before and same_boot else None)
    old = before.processes if before and seconds else {}
    found = [_row(now, process, old.get(key), seconds) for key, process in now.processes.items()]
    found.sort(key=_order)
    return found


def _order(row: Row) -> tuple[float, float]:
    used, resident = row[2], row[4]
    return (
        -used if isinstance(used, float) else 1.0,
        -resident if isinstance(resident, int) else 1.0,
    )


def _row(now: Reading, process: Process, old: Process | None, seconds: float | None) -> Row:
    name = clean_bytes(process.name, 64)
    owner = now.owners.get(process.pid)
    uptime = now.moment.uptime_s
    age = None if uptime is None else max(uptime - process.start / TICKS_PER_S, 0.0)
    used = wire.rate(process.cpu, old.cpu if old else None, seconds, 100 / TICKS_PER_S)
    resident = process.pages * now.page_bytes
    return (
        process.pid,
        None if owner is None else now.users.get(owner, Clean(str(owner))),
        used,
        wire.share(resident, now.total_bytes),
        resident,
        _STATES.get(process.state, Clean("unknown")),
        process.cpu / TICKS_PER_S,
        age,
        process.threads,
        process.priority,
        process.nice,
        now.commands.get(process.pid) or Clean(f"[{name}]"),
        name,
        process.parent,
        owner,
        process.start,
        now.boot,
    )


def _column(key: str, title: str, quantity: Quantity, source: str) -> Column:
    return Column(key, title, quantity, source)


_STAT = "/proc/PID/stat: "

PROBE = Probe(
    id="host.process",
    title="Processes",
    exchange="processes",
    columns=(
        _column("pid", "PID", Quantity.COUNT, "/proc/PID"),
        _column("user", "USER", Quantity.TEXT, "owner of /proc/PID, named by /etc/passwd"),
        _column("cpu_percent", "CPU%/CORE", Quantity.PERCENT, _STAT + "utime + stime, of one core"),
        _column("memory_percent", "MEM%", Quantity.PERCENT, _STAT + "rss, of MemTotal"),
        _column("resident_bytes", "RESIDENT", Quantity.BYTES, _STAT + "rss x page size"),
        _column("state", "STATE", Quantity.STATE, _STAT + "state"),
        _column("cpu_s", "CPU TIME", Quantity.SECONDS, _STAT + "utime + stime, since it began"),
        _column("age_s", "AGE", Quantity.SECONDS, _STAT + "starttime, against /proc/uptime"),
        _column("threads", "THREADS", Quantity.COUNT, _STAT + "num_threads"),
        _column("priority", "PRIO", Quantity.COUNT, _STAT + "priority"),
        _column("nice", "NICE", Quantity.COUNT, _STAT + "nice"),
        _column("command", "COMMAND", Quantity.TEXT, "/proc/PID/cmdline, else its name in [ ]"),
        _column("name", "NAME", Quantity.TEXT, _STAT + "comm"),
        _column("parent", "PARENT", Quantity.COUNT, _STAT + "ppid"),
        _column("uid", "UID", Quantity.COUNT, "effective user id: owner of /proc/PID"),
        _column("start_ticks", "START", Quantity.COUNT, _STAT + "starttime, 1/100 s after boot"),
        _column("boot", "BOOT", Quantity.TEXT, "/proc/sys/kernel/random/boot_id"),
    ),
    key=("pid", "start_ticks", "boot"),
    read=read,
    rows=rows,
)
