"""Real servers of the IP virtual server (LVS): who gets which share, and how many connections."""

import ipaddress
from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import slow, wire
from opsconsole.errors import Unsupported
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_MOST = 20_000


class Server(NamedTuple):
    """One real server of one service."""

    protocol: str
    """`tcp`, `udp`, `sctp`, or `fwm` for a firewall mark."""
    service: str
    """`10.77.0.2:80`, or the mark."""
    scheduler: Clean
    flags: Clean
    address: str
    forward: Clean
    weight: int
    active: int
    inactive: int

    @property
    def route(self) -> Clean:
        """What tells it from all others: a real server may stand in several services."""
        return Clean(f"{self.protocol}/{self.service}/{self.address}")


def parse(lines: list[bytes]) -> list[Server]:
    """Lines of /proc/net/ip_vs; raises `ValueError`, `IndexError` for what it never holds."""
    found: list[Server] = []
    protocol, service, scheduler, flags = "", "", Clean(""), Clean("")
    for line in lines[:_MOST]:
        words = line.split()
        if not words or words[0] in {b"IP", b"Prot"} or words[1:2] == [b"RemoteAddress:Port"]:
            continue
        if words[0] != b"->":
            protocol = clean_bytes(words[0], 8).lower()
            service = str(int(words[1], 16)) if protocol == "fwm" else _address(words[1])
            scheduler, flags = clean_bytes(words[2], 16), clean_bytes(b" ".join(words[3:]), 64)
            continue
        weight, active, inactive = wire.counts(words[3:6])
        forward = clean_bytes(words[2], 12)
        address = _address(words[1])
        found.append(
            Server(
                *(protocol, service, scheduler, flags, address, forward),
                *(weight, active, inactive),
            )
        )
    return found


def _address(word: bytes) -> str:
    """`0A4D0002:0050`, or IPv6 between brackets, as ipvsadm writes it."""
    host, _, port = word.decode("ascii").rpartition(":")
    if host.startswith("["):
        return f"[{ipaddress.IPv6Address(host.strip('[]'))}]:{int(port, 16)}"
    return f"{ipaddress.IPv4Address(int(host, 16))}:{int(port, 16)}"


def read(payload: bytes) -> list[Server]:
    """Parse an lvs answer; raises `Malformed`, `Unsupported` where the kernel has no table."""
    found = slow.sections(payload)
    if b"/proc/net/ip_vs" not in found:
        raise Unsupported("this host is no LVS director", "its kernel has no /proc/net/ip_vs")
    try:
        return parse(found[b"/proc/net/ip_vs"])
    except (ValueError, IndexError) as error:
        raise wire.malformed("/proc/net/ip_vs", error) from error


def rows(now: list[Server], _before: list[Server] | None) -> list[Row]:
    """One row per real server of a service, in the kernel's order."""
    return [
        (
            Clean(f"{one.protocol} {one.service}"),
            Clean(one.address),
            one.weight,
            one.active,
            one.inactive,
            one.forward,
            one.scheduler,
            one.flags or None,
            one.route,
        )
        for one in now
    ]


_FROM = "/proc/net/ip_vs: "

PROBE = Probe(
    id="host.lvs",
    title="LVS servers",
    exchange="lvs",
    columns=(
        Column("service", "SERVICE", Quantity.TEXT, _FROM + "Prot LocalAddress:Port"),
        Column("server", "SERVER", Quantity.TEXT, _FROM + "RemoteAddress:Port"),
        Column("weight", "WEIGHT", Quantity.COUNT, _FROM + "Weight; 0 gets no new connection"),
        Column("active", "ACTIVE", Quantity.COUNT, _FROM + "ActiveConn"),
        Column("inactive", "INACTIVE", Quantity.COUNT, _FROM + "InActConn"),
        Column("forward", "FORWARD", Quantity.TEXT, _FROM + "Forward"),
        Column("scheduler", "SCHEDULER", Quantity.TEXT, _FROM + "Scheduler"),
        Column("flags", "FLAGS", Quantity.TEXT, _FROM + "Flags"),
        Column("route", "ROUTE", Quantity.TEXT, "protocol/service/server"),
    ),
    key=("route",),
    read=read,
    rows=rows,
)
