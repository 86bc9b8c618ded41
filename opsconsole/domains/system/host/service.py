"""Services of systemd: every one that it has loaded, whatever its state."""

from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import slow, unit, wire
from opsconsole.errors import Unsupported
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_MOST = 5000
"""More than any real host has loaded."""


class Service(NamedTuple):
    """One service, as `systemctl show` tells it; None where it does not say."""

    name: Clean
    load: Clean
    active: Clean
    sub: Clean
    enabled: Clean | None
    main_pid: int | None
    restarts: int | None
    result: Clean | None
    memory: int | None
    cpu_ns: int | None
    since_us: int | None
    """When it last became active, microseconds after boot."""
    can_reload: bool
    description: Clean
    invocation: Clean | None


class Reading(NamedTuple):
    """All services at one moment."""

    moment: wire.Moment
    services: list[Service]


def read(payload: bytes) -> Reading:
    """Parse a services answer; raises `Malformed`, `Unsupported`."""
    try:
        found = slow.sections(payload)
        if b"unitless" in found or b"service" not in found:
            raise Unsupported(
                "systemd does not answer on this host", "look at its own service manager"
            )
        blocks = unit.properties(found[b"service"])
        listed = [_service(name, blocks[name]) for name in sorted(blocks)[:_MOST]]
        moment = wire.Moment(slow.uptime(found), None)
    except (ValueError, IndexError) as error:
        raise wire.malformed("systemctl show", error) from error
    return Reading(moment, [service for service in listed if service is not None])


def _service(name: bytes, block: dict[bytes, bytes]) -> Service | None:
    # A unit that another one only names has nothing to show; a name that is none is no unit.
    if not unit.NAME.fullmatch(name) or block.get(b"LoadState") == b"not-found":
        return None

    def text(key: bytes) -> Clean | None:
        return clean_bytes(block[key], 64) if block.get(key) else None

    def count(key: bytes) -> int | None:
        return unit.count(block.get(key, b""))

    return Service(
        clean_bytes(name),
        text(b"LoadState") or Clean("unknown"),
        text(b"ActiveState") or Clean("unknown"),
        text(b"SubState") or Clean("unknown"),
        text(b"UnitFileState"),
        count(b"MainPID") or None,
        count(b"NRestarts"),
        text(b"Result"),
        count(b"MemoryCurrent"),
        count(b"CPUUsageNSec"),
        count(b"ActiveEnterTimestampMonotonic") or None,
        block.get(b"CanReload") == b"yes",
        clean_bytes(block.get(b"Description", b"")),
        text(b"InvocationID"),
    )


def rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row per service, by name."""
    seconds = wire.elapsed(now.moment, before.moment if before else None)
    old = {(one.name, one.invocation): one.cpu_ns for one in before.services} if before else {}
    return [_row(now.moment.uptime_s, one, old, seconds) for one in now.services]


def _row(
    uptime: float | None,
    one: Service,
    old: dict[tuple[Clean, Clean | None], int | None],
    seconds: float | None,
) -> Row:
    # Counters of a service start again with it: those of another invocation are no measure.
    used = wire.rate(one.cpu_ns, old.get((one.name, one.invocation)), seconds, 100 / 1e9)
    runs = one.active in {"active", "reloading"} and uptime is not None and one.since_us is not None
    return (
        one.name,
        one.load,
        one.active,
        one.sub,
        one.enabled,
        one.main_pid,
        used,
        one.memory,
        max((uptime or 0.0) - (one.since_us or 0) / 1e6, 0.0) if runs else None,
        one.restarts,
        one.result,
        one.can_reload,
        one.description,
        one.invocation,
    )


_SHOW = "systemctl show: "

PROBE = Probe(
    id="host.service",
    title="Services",
    exchange="services",
    columns=(
        Column("unit", "UNIT", Quantity.TEXT, _SHOW + "Id, of every service it has loaded"),
        Column("load", "LOAD", Quantity.STATE, _SHOW + "LoadState"),
        Column("active", "ACTIVE", Quantity.STATE, _SHOW + "ActiveState"),
        Column("sub", "SUB", Quantity.STATE, _SHOW + "SubState"),
        Column("enabled", "ENABLED", Quantity.STATE, _SHOW + "UnitFileState"),
        Column("main_pid", "MAIN PID", Quantity.COUNT, _SHOW + "MainPID"),
        Column("cpu_percent", "CPU%/CORE", Quantity.PERCENT, _SHOW + "CPUUsageNSec, of one core"),
        Column("memory_bytes", "MEMORY", Quantity.BYTES, _SHOW + "MemoryCurrent"),
        Column(
            "for_s",
            "FOR",
            Quantity.SECONDS,
            _SHOW + "ActiveEnterTimestampMonotonic, against /proc/uptime",
        ),
        Column("restarts", "RESTARTS", Quantity.COUNT, _SHOW + "NRestarts"),
        Column("result", "RESULT", Quantity.STATE, _SHOW + "Result"),
        Column("can_reload", "RELOADS", Quantity.FLAG, _SHOW + "CanReload"),
        Column("description", "WHAT IT IS", Quantity.TEXT, _SHOW + "Description"),
        Column("invocation", "INVOCATION", Quantity.TEXT, _SHOW + "InvocationID"),
    ),
    key=("unit",),
    read=read,
    rows=rows,
)
