"""Network interfaces: traffic, errors and drops of each between two answers, and its link."""

import functools
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import limit, wire
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.spec import Probe

Counters = tuple[int, ...]
"""Of /proc/net/dev: received bytes, packets, errors, drops, fifo, frame, compressed, multicast;
sent bytes, packets, errors, drops."""

RX_BYTES, RX_PACKETS, RX_ERRORS, RX_DROPS = 0, 1, 2, 3
TX_BYTES, TX_PACKETS, TX_ERRORS, TX_DROPS = 8, 9, 10, 11

_VIRTUAL = tuple(
    b"br- docker virbr bond team tun tap ifb dummy cni flannel veth cali vxlan".split()
)


class Link(NamedTuple):
    """What /sys/class/net says of an interface."""

    state: Clean
    speed_bits_per_s: int | None
    hardware: bool
    """It has a device below it, so its traffic is not counted again by a bond or a bridge."""


class Reading(NamedTuple):
    """Counters and links of every interface at one moment."""

    moment: wire.Moment
    interfaces: dict[bytes, Counters]
    links: dict[bytes, Link]


def interfaces(
    lines: bytes, choose: Callable[[list[bytes]], Collection[bytes]] = list
) -> dict[bytes, Counters]:
    """Counters of the chosen interfaces by name, from the net/dev lines of a vitals answer."""
    # No name holds a colon, and old kernels print the first number right after it.
    words, width = wire.table(lines, b"\nnet/dev:", b":")
    if words and width != 17:
        raise ValueError(f"{width - 1} of 16 numbers")
    names = words[::17]
    chosen = choose(names)
    return {
        name: wire.counts(words[at : at + 12])
        for at, name in zip(range(1, len(words), 17), names, strict=True)
        if name in chosen
    }


def outer(lines: bytes) -> dict[bytes, Counters]:
    """Counters of the interfaces whose traffic adds up without counting any twice.

    Those with hardware below; where none has (a container), all but loopback and virtual ones.
    """
    start = lines.find(b"\nlink:")
    hardware = _hardware(lines[start:]) if start >= 0 else frozenset[bytes]()

    def choose(names: list[bytes]) -> Collection[bytes]:
        return hardware.intersection(names) or {name for name in names if not _virtual(name)}

    return interfaces(lines, choose)


@functools.lru_cache(4096)
def _hardware(links: bytes) -> frozenset[bytes]:
    """Names of the interfaces with hardware below them.

    Links hardly change and are much the same on many hosts; this runs for every answer of all.
    """
    return frozenset(
        line.split(b" ", 1)[0] for line in wire.each(links, b"\nlink:") if line[-2:] == b" +"
    )


def _virtual(name: bytes) -> bool:
    return name == b"lo" or b"." in name or name.startswith(_VIRTUAL)


class Total(NamedTuple):
    """All interfaces of a host in one line."""

    receive_bits_per_s: float | None
    transmit_bits_per_s: float | None
    faults_per_s: float | None
    """Errors and drops, both ways."""


NOTHING = Total(None, None, None)


def total(
    now: Mapping[bytes, Counters], before: Mapping[bytes, Counters], seconds: float | None
) -> Total:
    """Sums over the interfaces that were there before and were not reset."""
    if seconds is None:
        return NOTHING
    received = sent = faults = 0
    known = False
    for name, new in now.items():
        old = before.get(name)
        if old is None or new[RX_BYTES] < old[RX_BYTES] or new[TX_BYTES] < old[TX_BYTES]:
            continue
        known = True
        received += new[RX_BYTES] - old[RX_BYTES]
        sent += new[TX_BYTES] - old[TX_BYTES]
        for field in (RX_ERRORS, RX_DROPS, TX_ERRORS, TX_DROPS):
            faults += max(new[field] - old[field], 0)
    if not known:
        return NOTHING
    return Total(8 * received / seconds, 8 * sent / seconds, faults / seconds)


def read(payload: bytes) -> Reading:
    """Parse the net/dev and link lines of a vitals answer; raises `Malformed`."""
    lines = wire.text(payload)
    where = "/proc/uptime"
    try:
        moment = wire.moment(lines)
        where = "/proc/net/dev"
        found = interfaces(lines)
        where = "/sys/class/net"
        links = dict(_link(line) for line in wire.each(lines, b"\nlink:"))
    except (ValueError, IndexError) as error:
        raise wire.malformed(where, error) from error
    return Reading(moment, found, links)


def _link(line: bytes) -> tuple[bytes, Link]:
    name, state, speed, hardware = line.split(b" ")
    # The kernel says -1 (or nothing) where the speed is unknown.
    megabits = int(speed) if speed.isdigit() and len(speed) < 10 else 0
    known = None if state == b"-" else state
    return name, Link(
        clean_bytes(known or b"unknown", 16),
        megabits * 1_000_000 if 0 < megabits < 2**31 - 1 else None,
        hardware == b"+",
    )


def rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row per interface; rates are None at its first appearance."""
    seconds = wire.elapsed(now.moment, before.moment if before else None)
    known: Mapping[bytes, Counters] = before.interfaces if before else {}
    return [
        _row(name, now.links.get(name), new, known.get(name), seconds)
        for name, new in now.interfaces.items()
    ]


def _row(
    name: bytes, link: Link | None, new: Counters, old: Counters | None, seconds: float | None
) -> Row:
    def per_s(field: int, scale: float = 1) -> float | None:
        return wire.rate(new[field], old[field] if old else None, seconds, scale)

    receive, transmit = per_s(RX_BYTES, 8), per_s(TX_BYTES, 8)
    busier = None if receive is None or transmit is None else max(receive, transmit)
    speed = link.speed_bits_per_s if link else None
    return (
        clean_bytes(name, 32),
        link.state if link else None,
        speed,
        receive,
        transmit,
        wire.share(busier, speed),
        per_s(RX_PACKETS),
        per_s(TX_PACKETS),
        per_s(RX_ERRORS),
        per_s(TX_ERRORS),
        per_s(RX_DROPS),
        per_s(TX_DROPS),
        new[RX_BYTES],
        new[TX_BYTES],
        link.hardware if link else None,
        wire.share(per_s(RX_DROPS), per_s(RX_PACKETS)),
        wire.share(per_s(TX_DROPS), per_s(TX_PACKETS)),
    )


def _column(
    key: str, title: str, quantity: Quantity, field: str, limits: Limits | None = None
) -> Column:
    return Column(key, title, quantity, f"/proc/net/dev: {field}", limits)


def _sys(key: str, title: str, quantity: Quantity, field: str) -> Column:
    return Column(key, title, quantity, f"/sys/class/net/*/{field}")


PROBE = Probe(
    id="host.interface",
    title="Interfaces",
    exchange="vitals",
    columns=(
        _column("interface", "INTERFACE", Quantity.TEXT, "name; veth and cali pairs are left out"),
        # Text and not a state: a port that nobody uses is down and well.
        _sys("link", "LINK", Quantity.TEXT, "operstate, read every fifth answer"),
        _sys("speed_bits_per_s", "SPEED", Quantity.BITS_PER_S, "speed x 10^6"),
        _column("receive_bits_per_s", "RX", Quantity.BITS_PER_S, "received bytes x 8"),
        _column("transmit_bits_per_s", "TX", Quantity.BITS_PER_S, "sent bytes x 8"),
        _column(
            "utilisation_percent",
            "UTIL%",
            Quantity.PERCENT,
            "the busier direction, of the link's speed",
            limit.LINK,
        ),
        _column("receive_packets_per_s", "RX PKT/S", Quantity.PER_S, "received packets"),
        _column("transmit_packets_per_s", "TX PKT/S", Quantity.PER_S, "sent packets"),
        _column("receive_errors_per_s", "RX ERR/S", Quantity.PER_S, "received errs", limit.FAULTS),
        _column("transmit_errors_per_s", "TX ERR/S", Quantity.PER_S, "sent errs", limit.FAULTS),
        _column("receive_drops_per_s", "RX DROP/S", Quantity.PER_S, "received drop"),
        _column("transmit_drops_per_s", "TX DROP/S", Quantity.PER_S, "sent drop"),
        _column("received_bytes", "RX TOTAL", Quantity.BYTES, "received bytes"),
        _column("transmitted_bytes", "TX TOTAL", Quantity.BYTES, "sent bytes"),
        _sys("hardware", "HARDWARE", Quantity.FLAG, "device is there; such traffic adds up"),
        _column("receive_drops_percent", "RX DROP%", Quantity.PERCENT, "drop, of packets received"),
        _column("transmit_drops_percent", "TX DROP%", Quantity.PERCENT, "drop, of packets sent"),
    ),
    key=("interface",),
    read=read,
    rows=rows,
)
