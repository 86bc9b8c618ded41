"""Processor time: where each core's time went between two answers."""

import operator
from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import limit, wire
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.spec import Probe

Ticks = tuple[int, ...]
"""user, nice, system, idle, iowait, irq, softirq, steal of /proc/stat, in 1/100 s. A guest's time
is part of user; macOS tells only the first four."""

Shares = tuple[float | None, ...]
"""Percent of the time: busy, user, nice, system, iowait, irq, softirq, steal."""

UNKNOWN: Shares = (None,) * 8


class Reading(NamedTuple):
    """Time of every core at one moment."""

    moment: wire.Moment
    cores: dict[bytes, Ticks]
    """By number, in the kernel's order; cores come and go."""


def ticks(line: bytes) -> Ticks:
    """The numbers of one cpu line; at least user, nice, system and idle."""
    values = wire.counts(line.split())
    if len(values) < 4:
        raise ValueError(f"{len(values)} of at least 4 numbers")
    return values[:8]


def shares(now: Ticks | None, before: Ticks | None) -> Shares:
    """Where the time between two lines went; unknown when a counter was reset."""
    if now is None or before is None:
        return UNKNOWN
    told = min(len(now), len(before))
    passed: tuple[int, ...] = (*map(operator.sub, now, before), *(0,) * (8 - told))
    user, nice, system, idle, iowait, irq, softirq, steal = passed
    # The kernel's idle and iowait are estimates that can step back; nothing else may.
    idle, iowait = max(idle, 0), max(iowait, 0)
    busy = user + nice + system + irq + softirq + steal
    whole = busy + idle + iowait
    if whole <= 0 or min(user, nice, system, irq, softirq, steal) < 0:
        return UNKNOWN
    spent = (busy, user, nice, system, iowait, irq, softirq, steal)
    return (*[100 * part / whole for part in spent[:told]], *(None,) * (8 - told))


def read(payload: bytes) -> Reading:
    """Parse the cpu lines of a vitals answer; raises `Malformed`."""
    lines = wire.text(payload)
    where = "/proc/uptime"
    try:
        moment = wire.moment(lines)
        where = "/proc/stat cpu"
        cores: dict[bytes, Ticks] = {}
        for line in wire.each(lines, b"\nstat:cpu"):
            number, _, rest = line.partition(b" ")
            if number:  # the line without a number is the sum of all
                cores[number] = ticks(rest)
    except (ValueError, IndexError) as error:
        raise wire.malformed(where, error) from error
    return Reading(moment, cores)


def rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row per core; percentages are None at its first appearance."""
    known = before.cores if before and wire.elapsed(now.moment, before.moment) else {}
    return [(_name(number), *shares(core, known.get(number))) for number, core in now.cores.items()]


def _name(number: bytes) -> Clean:
    return clean_bytes(number, 8)


def _percent(key: str, title: str, field: str, limits: Limits | None = None) -> Column:
    source = f"/proc/stat cpuN: {field}, of this core's time"
    return Column(f"{key}_percent", title, Quantity.PERCENT, source, limits)


PROBE = Probe(
    id="host.cpu",
    title="Cores",
    exchange="vitals",
    columns=(
        Column("core", "CORE", Quantity.TEXT, "/proc/stat cpuN"),
        _percent("cpu", "CPU%", "all but idle and iowait", limit.CPU),
        _percent("user", "USER%", "user"),
        _percent("nice", "NICE%", "nice"),
        _percent("system", "SYS%", "system"),
        _percent("iowait", "WAIT%", "iowait", limit.IOWAIT),
        _percent("irq", "IRQ%", "irq"),
        _percent("softirq", "SOFTIRQ%", "softirq"),
        _percent("steal", "STEAL%", "steal", limit.STEAL),
    ),
    key=("core",),
    read=read,
    rows=rows,
)
