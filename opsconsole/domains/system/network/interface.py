"""Ports of a device: state, speed, traffic, errors and discards, and who is at the other end."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.network import limit, mib, neighbour
from opsconsole.domains.system.network.neighbour import Named, Neighbour
from opsconsole.domains.system.network.rate import Clock, per_s, seconds_between
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.question import Snmp, SnmpGet, SnmpWalk, parted
from opsconsole.spec import Probe
from opsconsole.varbind import Value, values

_COLUMNS = (2, 3, 5, 6, 7, 8, 9, 10, 13, 14, 16, 19, 20)
_MORE = (1, 6, 10, 15, 18, 19)

QUESTIONS: tuple[Snmp, ...] = (
    SnmpGet((mib.UPTIME, mib.ENGINE_TIME, mib.NAME)),
    SnmpWalk(mib.IF_ENTRY, _COLUMNS, 100_000),
    SnmpWalk(mib.IFX_ENTRY, _MORE, 100_000),
    *neighbour.QUESTIONS,
)

STATES = (
    "", "up", "down", "testing", "unknown", "dormant", "notPresent", "lowerLayerDown",
)  # fmt: skip
"""Of operation and (the first four) of administration, by number."""

TYPES = {
    1: "other", 6: "ethernet", 23: "ppp", 24: "loopback", 53: "virtual", 62: "ethernet",
    69: "ethernet", 71: "wireless", 117: "ethernet", 131: "tunnel", 135: "vlan", 136: "vlan",
    150: "mpls tunnel", 161: "aggregate", 166: "mpls", 209: "bridge",
}  # fmt: skip

PHYSICAL = frozenset({6, 23, 62, 69, 71, 117})
"""Types whose traffic adds up without being counted again by another one."""

_UNTOLD = 0xFFFFFFFF
"""A speed of more than 32 bits can tell."""


class Counters(NamedTuple):
    """What is counted of an interface; None where it is not."""

    received: int | None
    sent: int | None
    bits: int
    """Of the two before: 32 or 64."""
    receive_errors: int | None
    transmit_errors: int | None
    receive_discards: int | None
    transmit_discards: int | None
    discontinuity: int | None
    """When they began anew, on the device's clock."""


class Interface(NamedTuple):
    """One interface at one moment."""

    number: int
    named: Named
    label: Clean
    """Its name, or what stands for it; no other one of the device has the same."""
    kind: int
    admin: str
    state: str
    speed_bits_per_s: int | None
    changed: int | None
    """When its state changed last, in hundredths of a second on the device's clock."""
    counters: Counters


class Reading(NamedTuple):
    """All interfaces and neighbours of a device at one moment."""

    clock: Clock
    name: Clean
    interfaces: Mapping[int, Interface]
    neighbours: Sequence[Neighbour]


def read(payload: bytes) -> Reading:
    """Take apart an answer to `QUESTIONS`; raises `Malformed`."""
    said, entries, more, *others = parted(payload, len(QUESTIONS))
    system = values(said)
    base, extended = mib.table(entries, mib.IF_ENTRY), mib.table(more, mib.IFX_ENTRY)
    found: dict[int, Interface] = {}
    taken: set[str] = set()
    for index, row in base.items():
        if index.isdigit():
            one = _interface(int(index), row, extended.get(index, mib.NOTHING), taken)
            found[one.number] = one
    named = {index: one.named for index, one in found.items()}
    return Reading(
        Clock(mib.count(system.get(mib.UPTIME)), mib.count(system.get(mib.ENGINE_TIME))),
        mib.words(system.get(mib.NAME)),
        found,
        neighbour.read(others, named),
    )


def _interface(
    index: int, row: Mapping[int, Value], more: Mapping[int, Value], taken: set[str]
) -> Interface:
    description, name = mib.words(row.get(2)), mib.words(more.get(1), 60)
    alias = mib.words(more.get(18))
    label = name or clean(description, 60) or Clean(f"interface {index}")
    if label in taken:
        label = clean(f"{label} #{index}")
    taken.add(label)
    return Interface(
        index,
        Named(name, description, alias, mib.mac(row.get(6))),
        label,
        mib.whole(row.get(3)) or 0,
        word(row.get(7), 4),
        word(row.get(8), len(STATES)),
        _speed(row.get(5), more.get(15)),
        mib.count(row.get(9)),
        _counters(row, more),
    )


def word(value: Value, known: int) -> str:
    """A state in the MIB's own word; empty for what is none of the first so many."""
    return STATES[value] if isinstance(value, int) and 0 < value < known else ""


def _speed(slow: Value, fast: Value) -> int | None:
    """Bits per second; by megabits where they are told, since 32 bits hold only 4.3 Gbit/s."""
    megabits, plain = mib.count(fast), mib.count(slow)
    if megabits and megabits < 100_000_000:
        # Slower than a megabit is rounded to one, or to none.
        small = megabits == 1 and plain is not None and 0 < plain < 1_500_000
        return plain if small else megabits * 1_000_000
    return plain if plain and plain < _UNTOLD else None


def _counters(row: Mapping[int, Value], more: Mapping[int, Value]) -> Counters:
    received, sent = mib.count(more.get(6)), mib.count(more.get(10))
    wide = received is not None and sent is not None
    # Some have the wide counters and leave them at zero.
    if wide and not received and not sent and (row.get(10) or row.get(16)):
        wide = False
    if not wide:
        received, sent = mib.count(row.get(10)), mib.count(row.get(16))
    return Counters(
        received,
        sent,
        64 if wide else 32,
        mib.count(row.get(14)),
        mib.count(row.get(20)),
        mib.count(row.get(13)),
        mib.count(row.get(19)),
        mib.count(more.get(19)),
    )


class Rates(NamedTuple):
    """What went through an interface per second since the answer before; None where unknown."""

    receive_bits: float | None = None
    transmit_bits: float | None = None
    receive_errors: float | None = None
    transmit_errors: float | None = None
    receive_discards: float | None = None
    transmit_discards: float | None = None

    @property
    def busier(self) -> float | None:
        """Bits per second of the busier direction."""
        if self.receive_bits is None or self.transmit_bits is None:
            return None
        return max(self.receive_bits, self.transmit_bits)


def rates(now: Interface, before: Interface | None, seconds: float | None) -> Rates:
    """None of it when it is another interface by now, or its counters began anew."""
    if before is None or seconds is None or before.label != now.label:
        return Rates()
    new, old = now.counters, before.counters
    if new.discontinuity != old.discontinuity:
        return Rates()
    width = new.bits if new.bits == old.bits else 0
    speed = now.speed_bits_per_s
    most = speed / 8 if speed else None
    received = per_s(new.received, old.received, seconds, width, most)
    sent = per_s(new.sent, old.sent, seconds, width, most)
    return Rates(
        None if received is None else 8 * received,
        None if sent is None else 8 * sent,
        per_s(new.receive_errors, old.receive_errors, seconds, 32),
        per_s(new.transmit_errors, old.transmit_errors, seconds, 32),
        per_s(new.receive_discards, old.receive_discards, seconds, 32),
        per_s(new.transmit_discards, old.transmit_discards, seconds, 32),
    )


def share(now: Interface, busier: float | None) -> float | None:
    """Percent of its speed that the busier direction takes."""
    speed = now.speed_bits_per_s
    return None if busier is None or not speed else 100 * busier / speed


def paired(now: Reading, before: Reading | None) -> list[tuple[Interface, Rates]]:
    """Each interface with its rates since the answer before."""
    seconds = seconds_between(now.clock, before.clock) if before else None
    known: Mapping[int, Interface] = before.interfaces if before else {}
    return [(one, rates(one, known.get(index), seconds)) for index, one in now.interfaces.items()]


def rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row per interface; rates are None at its first appearance."""
    beside: dict[int, list[Neighbour]] = {}
    for one in now.neighbours:
        if one.interface is not None:
            beside.setdefault(one.interface, []).append(one)
    return [
        _row(one, flow, beside.get(one.number, []), now.clock) for one, flow in paired(now, before)
    ]


def _row(one: Interface, flow: Rates, beside: Sequence[Neighbour], clock: Clock) -> Row:
    return (
        one.label,
        Clean(one.state),
        Clean(one.admin),
        clean(one.named.alias),
        one.speed_bits_per_s,
        flow.receive_bits,
        flow.transmit_bits,
        share(one, flow.busier),
        flow.receive_errors,
        flow.transmit_errors,
        flow.receive_discards,
        flow.transmit_discards,
        clock.since(one.changed),
        neighbour.told(beside) if beside else Clean(""),
        Clean(", ".join(dict.fromkeys(kind for each in beside for kind in each.kinds))),
        Clean(TYPES.get(one.kind, f"type {one.kind}")),
        one.number,
        clean(one.named.description),
        clean(one.named.mac),
        one.counters.bits if one.counters.received is not None else None,
    )


def _if(
    key: str, title: str, quantity: Quantity, field: str, limits: Limits | None = None
) -> Column:
    return Column(key, title, quantity, f"IF-MIB {field}", limits)


_TEXT, _PER_S, _BITS = Quantity.TEXT, Quantity.PER_S, Quantity.BITS_PER_S

PROBE = Probe(
    id="network.interface",
    title="Ports",
    exchange="interfaces",
    columns=(
        _if("interface", "PORT", _TEXT, "ifName, else ifDescr"),
        # Text and not a state: a port that nobody uses is down and well.
        Column("link", "LINK", _TEXT, "IF-MIB ifOperStatus", tallied=True),
        _if("admin", "ADMIN", _TEXT, "ifAdminStatus: what it is meant to be"),
        _if("alias", "ALIAS", _TEXT, "ifAlias: what people wrote there"),
        _if("speed_bits_per_s", "SPEED", _BITS, "ifHighSpeed x 10^6, else ifSpeed"),
        _if("receive_bits_per_s", "RX", _BITS, "ifHCInOctets x 8, else ifInOctets"),
        _if("transmit_bits_per_s", "TX", _BITS, "ifHCOutOctets x 8, else ifOutOctets"),
        _if("utilisation_percent", "UTIL%", Quantity.PERCENT,
            "octets: the busier direction, of the port's speed", limit.LINK),
        _if("receive_errors_per_s", "RX ERR/S", _PER_S, "ifInErrors", limit.FAULTS),
        _if("transmit_errors_per_s", "TX ERR/S", _PER_S, "ifOutErrors", limit.FAULTS),
        _if("receive_discards_per_s", "RX DISC/S", _PER_S, "ifInDiscards"),
        _if("transmit_discards_per_s", "TX DISC/S", _PER_S, "ifOutDiscards"),
        _if("for_s", "FOR", Quantity.SECONDS, "ifLastChange: how long its state is as it is"),
        Column("neighbour", "NEIGHBOUR", _TEXT, "LLDP-MIB lldpRemSysName, lldpRemPortId; CDP"),
        Column("neighbour_kind", "KIND", _TEXT, "LLDP-MIB lldpRemSysCapEnabled; CDP"),
        _if("type", "TYPE", _TEXT, "ifType"),
        _if("index", "INDEX", Quantity.COUNT, "ifIndex"),
        _if("description", "DESCRIBED", _TEXT, "ifDescr"),
        _if("mac", "MAC", _TEXT, "ifPhysAddress"),
        _if("counter_bits", "BITS", Quantity.COUNT, "octets: width of the counters"),
    ),
    key=("interface",),
    read=read,
    rows=rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip


def summary(now: Reading, before: Reading | None) -> list[Row]:
    """The only row: all ports of the device in one line."""
    pairs = paired(now, before)
    hard = [pair for pair in pairs if pair[0].kind in PHYSICAL] or [
        pair for pair in pairs if TYPES.get(pair[0].kind) != "loopback"
    ]
    meant = [one for one, _ in hard if one.admin != "down"]
    busiest = [
        (used, one.label)
        for one, flow in hard
        if one.state == "up" and (used := share(one, flow.busier)) is not None
    ]
    top = max(busiest, default=None)
    return [
        (
            now.name,
            now.clock.uptime_s,
            len(now.interfaces),
            sum(one.state == "up" for one in meant),
            sum(one.state in {"down", "notPresent"} for one in meant),
            sum(one.admin == "down" for one, _ in hard),
            _sum(flow.receive_bits for _, flow in hard),
            _sum(flow.transmit_bits for _, flow in hard),
            None if top is None else top[0],
            Clean("") if top is None else top[1],
            _sum(part for _, flow in hard for part in (flow.receive_errors, flow.transmit_errors)),
            len(now.neighbours),
        )
    ]


def _sum(numbers: Iterable[float | None]) -> float | None:
    known = [one for one in numbers if one is not None]
    return sum(known) if known else None


_COUNT = Quantity.COUNT

SUMMARY = Probe(
    id="network.summary",
    title="Ports in short",
    exchange="interfaces",
    columns=(
        Column("name", "NAME", _TEXT, "SNMPv2-MIB sysName"),
        Column("uptime_s", "UPTIME", Quantity.SECONDS, "SNMPv2-MIB sysUpTime; beyond 497 days "
               "snmpEngineTime", limit.UPTIME),
        _if("ports", "PORTS", _COUNT, "ifTable: all interfaces, virtual ones too"),
        _if("ports_up", "UP", _COUNT, "ifOperStatus: ports with a link"),
        _if("ports_down", "DOWN", _COUNT, "ifOperStatus: ports without, that are meant to be up"),
        _if("ports_off", "OFF", _COUNT, "ifAdminStatus: ports that are switched off"),
        Column("receive_bits_per_s", "RX", _BITS, "IF-MIB octets: sum of the ports", history=True),
        Column("transmit_bits_per_s", "TX", _BITS, "IF-MIB octets: sum of the ports", history=True),
        Column("busiest_percent", "BUSIEST%", Quantity.PERCENT, "IF-MIB octets: of the port that "
               "is used most", limit.LINK, history=True),
        _if("busiest", "BUSIEST", _TEXT, "octets: the port that is used most"),
        Column("errors_per_s", "ERR/S", _PER_S, "IF-MIB ifInErrors, ifOutErrors: sum of the ports",
               history=True),
        Column("neighbours", "NEIGHB", _COUNT, "LLDP-MIB lldpRemTable; CDP"),
    ),
    key=(),
    read=read,
    rows=summary,
    on_demand=False,
)  # fmt: skip
