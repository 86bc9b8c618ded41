"""Neighbours by LLDP and CDP: on which port, who, by which port of theirs, of what kind."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.network import mib
from opsconsole.question import Part, Snmp, SnmpWalk
from opsconsole.varbind import Value

REMOTE, LOCAL = "1.0.8802.1.1.2.1.4.1.1", "1.0.8802.1.1.2.1.3.7.1"
MANAGED = "1.0.8802.1.1.2.1.4.2.1"
CDP = "1.3.6.1.4.1.9.9.23.1.2.1.1"

RARELY = 300.0
SOMETIMES = 60.0
"""Seconds for which ports of the device, and neighbours, are believed to stay as they are."""

QUESTIONS: tuple[Snmp, ...] = (
    SnmpWalk(REMOTE, (4, 5, 6, 7, 8, 9, 10, 12), keep=SOMETIMES),
    SnmpWalk(LOCAL, (2, 3, 4), keep=RARELY),
    SnmpWalk(MANAGED, (3,), keep=SOMETIMES),
    SnmpWalk(CDP, (4, 6, 7, 8, 9), keep=SOMETIMES),
    SnmpWalk(mib.BASE_PORT, (2,), keep=RARELY),
)
"""What `read` is given the answers to."""

KINDS = (
    "other", "repeater", "bridge", "access point", "router", "telephone", "cable modem", "station",
)  # fmt: skip
"""Of LLDP, by the number of the bit."""

_CDP_KINDS = {0x01: "router", 0x02: "bridge", 0x08: "bridge", 0x10: "station", 0x40: "repeater",
              0x80: "telephone"}  # fmt: skip

UPLINKS = frozenset({"bridge", "router"})
"""Kinds of neighbours behind which more than the neighbour hangs."""

ADDRESS, MAC = 5, 4
"""Subtypes of a chassis: a network address, a hardware address."""


class Neighbour(NamedTuple):
    """Who is at the other end of a port."""

    interface: int | None
    """Index of our interface; None where the device does not say which one it is."""
    port: str
    """Our port, as the device calls it to its neighbours."""
    name: Clean
    """Of the other system; its chassis where it has no name."""
    their_port: Clean
    kinds: tuple[str, ...]
    """What it says that it is, of `KINDS`; empty where it says nothing."""
    chassis: Clean
    address: Clean
    """Where it is managed; empty where it does not say."""
    about: Clean
    protocol: str


class Named(NamedTuple):
    """What an interface is called, to find the one that a port stands for."""

    name: str
    description: str
    alias: str
    mac: str


def read(parts: Sequence[Part], named: Mapping[int, Named]) -> list[Neighbour]:
    """Neighbours, from the answers to `QUESTIONS`; `named` has the device's interfaces."""
    remote, local, managed, cdp, base = parts
    lldp = mib.table(remote, REMOTE)
    ports = _Ports(mib.table(local, LOCAL), mib.ports(base), named)
    addresses = _addresses(mib.table(managed, MANAGED))
    found = [_lldp(index, row, ports, addresses) for index, row in lldp.items()]
    seen = {(one.interface, one.name.partition(".")[0].lower()) for one in found}
    for index, row in mib.table(cdp, CDP).items():
        one = _cdp(index, row, named)
        if (one.interface, one.name.partition(".")[0].lower()) not in seen:
            found.append(one)
    return found


class _Ports:
    """Which interface a port of LLDP is: agents number them each in their own way."""

    def __init__(
        self, local: mib.Table, bridge: Mapping[int, int], named: Mapping[int, Named]
    ) -> None:
        self._local = local
        self._bridge = bridge
        self._named = named
        self._by_text: dict[str, int | None] = {}
        for index, one in named.items():
            for text in {one.name, one.description, one.mac} - {""}:
                # What names two interfaces names none.
                self._by_text[text] = None if text in self._by_text else index

    def find(self, port: int) -> tuple[int | None, str]:
        """The interface, and what the port is called."""
        row = self._local.get(str(port), mib.NOTHING)
        called = _identity(row.get(2), row.get(3))
        described = mib.words(row.get(4))
        for text in (called, described):
            if found := self._by_text.get(text):
                return found, called
        if not row and port in self._named:  # nothing is told of ports: most number them so
            return port, called
        found = self._bridge.get(port, port)
        return (found if found in self._named else None), called


def _identity(subtype: Value, value: Value) -> Clean:
    """A chassis or a port: a hardware or a network address, or text."""
    if subtype in {3, MAC} and (address := mib.mac(value)):
        return address
    if isinstance(value, bytes) and subtype in {4, ADDRESS} and value[:1] in {b"\1", b"\2"}:
        return mib.ip(value[1:]) or mib.words(value)
    return mib.mac(value) if isinstance(value, bytes) and _raw(value) else mib.words(value)


def _raw(value: bytes) -> bool:
    return len(value) == 6 and any(byte < 0x20 or byte > 0x7E for byte in value)


def _addresses(managed: mib.Table) -> dict[str, Clean]:
    """Management addresses by neighbour (time, port, number), IPv4 before IPv6."""
    found: dict[str, Clean] = {}
    for index in managed:
        time, port, number, subtype, length, *rest = [*index.split("."), *[""] * 5]
        numbers = [one for one in rest if one]
        if subtype not in {"1", "2"} or length != str(len(numbers)):
            continue
        key = f"{time}.{port}.{number}"
        if (address := mib.ip_of(numbers)) and (subtype == "1" or key not in found):
            found[key] = address
    return found


def _lldp(
    index: str, row: Mapping[int, Value], ports: _Ports, addresses: Mapping[str, Clean]
) -> Neighbour:
    words = index.split(".")
    port = int(words[1]) if len(words) == 3 and words[1].isdigit() else 0
    interface, called = ports.find(port)
    chassis = _identity(row.get(4), row.get(5))
    their = _identity(3 if row.get(6) == 3 else 0, row.get(7))
    described = mib.words(row.get(8))
    if row.get(6) == 3 and described:  # a hardware address says less than how the port is called
        their = described
    address = addresses.get(index, Clean(""))
    if not address and row.get(4) == ADDRESS:
        address = chassis
    set_ = mib.bits(row.get(12))
    return Neighbour(
        interface,
        called or str(port),
        mib.words(row.get(9)) or chassis,
        their,
        tuple(kind for bit, kind in enumerate(KINDS) if bit in set_),
        chassis,
        address,
        mib.words(row.get(10), 200),
        "LLDP",
    )


def _cdp(index: str, row: Mapping[int, Value], named: Mapping[int, Named]) -> Neighbour:
    port = index.partition(".")[0]
    interface = int(port) if port.isdigit() and int(port) in named else None
    value = row.get(9)
    number = int.from_bytes(value[:8], "big") if isinstance(value, bytes) else 0
    name = mib.words(row.get(6))
    return Neighbour(
        interface,
        named[interface].name if interface is not None else port,
        name,
        mib.words(row.get(7)),
        tuple(dict.fromkeys(kind for bit, kind in _CDP_KINDS.items() if number & bit)),
        Clean(""),
        mib.ip(row.get(4)),
        mib.words(row.get(8), 200),
        "CDP",
    )


def told(neighbours: Sequence[Neighbour]) -> Clean:
    """All neighbours of a port in a few words."""
    first = neighbours[0]
    said = " ".join(filter(None, (first.name, first.their_port)))
    more = f" and {len(neighbours) - 1} more" if len(neighbours) > 1 else ""
    return clean(f"{said}{more}", 120)
