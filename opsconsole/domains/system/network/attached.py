"""What hangs on a port: hardware addresses that a bridge has learnt, and what ARP knows of them."""

from collections.abc import Mapping
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.network import mib
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import Part, Snmp, SnmpWalk, parted
from opsconsole.spec import Probe

PLAIN, BY_VLAN = "1.3.6.1.2.1.17.4.3.1", "1.3.6.1.2.1.17.7.1.2.2.1"
VLAN_OF = "1.3.6.1.2.1.17.7.1.4.2.1"
ARP, NEIGHBOURS = "1.3.6.1.2.1.4.22.1", "1.3.6.1.2.1.4.35.1"
VLANS = "1.3.6.1.2.1.17.7.1.4.3.1"

MOST = 100_000
"""Addresses of one table: more than any access switch learns."""

QUESTIONS: tuple[Snmp, ...] = (
    SnmpWalk(PLAIN, (2,), MOST),
    SnmpWalk(BY_VLAN, (2,), MOST),
    SnmpWalk(VLAN_OF, (3,), MOST),
    SnmpWalk(VLANS, (1,)),
    SnmpWalk(mib.BASE_PORT, (2,)),
    SnmpWalk(mib.IFX_ENTRY, (1,), MOST),
    SnmpWalk(mib.IF_ENTRY, (2,), MOST),
    SnmpWalk(ARP, (2,), MOST),
    SnmpWalk(NEIGHBOURS, (4,), MOST),
)


class Learnt(NamedTuple):
    """One address behind one port."""

    port: str
    mac: Clean
    vlan: int | None


class Reading(NamedTuple):
    """All addresses, names of VLANs, and network addresses by hardware address."""

    learnt: list[Learnt]
    vlans: Mapping[int, Clean]
    known: Mapping[str, list[Clean]]


def read(payload: bytes) -> Reading:
    """Take apart an answer to `QUESTIONS`; raises `Malformed`."""
    plain, by_vlan, vlan_of, vlans, base, named, described, arp, other = parted(
        payload, len(QUESTIONS)
    )
    labels = _labels(base, named, described)
    found = _by_vlan(by_vlan, _filters(vlan_of), labels)
    seen = {(one.port, one.mac) for one in found}
    for index, row in mib.table(plain, PLAIN).items():
        port, mac = mib.count(row.get(2)), mib.mac_of(index)
        if port and mac and (labels(port), mac) not in seen:
            found.append(Learnt(labels(port), mac, None))
    names = {
        int(index): mib.words(row.get(1), 40)
        for index, row in mib.table(vlans, VLANS).items()
        if index.isdigit()
    }
    return Reading(found, names, _known(arp, other))


class _Labels:
    """What a port of the bridge is called, as in the list of ports."""

    def __init__(self, ports: Mapping[int, int], names: Mapping[int, str]) -> None:
        self._ports = ports
        self._names = names

    def __call__(self, port: int) -> str:
        """By its number of the bridge; the number itself where nothing is known."""
        interface = self._ports.get(port, port)
        return self._names.get(interface, f"port {port}")


def _labels(base: Part, named: Part, described: Part) -> _Labels:
    names: dict[int, str] = {}
    for part, oid, column in ((described, mib.IF_ENTRY, 2), (named, mib.IFX_ENTRY, 1)):
        for index, row in mib.table(part, oid).items():
            if index.isdigit() and (said := mib.words(row.get(column), 60)):
                names[int(index)] = said
    return _Labels(mib.ports(base), names)


def _filters(part: Part) -> dict[int, int]:
    """VLANs by their number in the table of addresses, where that is another one."""
    found: dict[int, int] = {}
    for index, row in mib.table(part, VLAN_OF).items():
        vlan, number = index.rpartition(".")[2], mib.count(row.get(3))
        if vlan.isdigit() and number is not None:
            found.setdefault(number, int(vlan))
    return found


def _by_vlan(part: Part, vlans: Mapping[int, int], labels: _Labels) -> list[Learnt]:
    found: list[Learnt] = []
    for index, row in mib.table(part, BY_VLAN).items():
        number, _, rest = index.partition(".")
        port, mac = mib.count(row.get(2)), mib.mac_of(rest)
        # Port 0 is the device itself, or that it has forgotten where.
        if port and mac and number.isdigit():
            found.append(Learnt(labels(port), mac, vlans.get(int(number), int(number))))
    return found


def _known(arp: Part, other: Part) -> dict[str, list[Clean]]:
    """Network addresses by hardware address, those of ARP first."""
    found: dict[str, list[Clean]] = {}
    for index, row in mib.table(arp, ARP).items():
        mac, address = mib.mac(row.get(2)), mib.ip_of(index.split(".")[1:])
        if mac and address:
            found.setdefault(mac, []).append(address)
    for index, row in mib.table(other, NEIGHBOURS).items():
        _, kind, length, *numbers = [*index.split("."), "", "", ""][: 3 + 16]
        numbers = [one for one in numbers if one]
        if kind not in {"1", "2"} or length != str(len(numbers)):
            continue
        mac, address = mib.mac(row.get(4)), mib.ip_of(numbers)
        if mac and address and address not in found.setdefault(mac, []):
            found[mac].append(address)
    return found


def rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per address, VLAN and port, once."""
    found: dict[tuple[str, str, int | None], Row] = {}
    for one in now.learnt:
        addresses = now.known.get(one.mac, [])
        found[one] = (
            clean(one.port),
            one.mac,
            one.vlan,
            now.vlans.get(one.vlan, Clean("")) if one.vlan is not None else Clean(""),
            addresses[0] if addresses else Clean(""),
            Clean(""),
            clean(", ".join(addresses[1:4])),
        )
    return list(found.values())


PROBE = Probe(
    id="network.attached",
    title="On the ports",
    exchange="attached",
    columns=(
        Column("port", "PORT", Quantity.TEXT, "BRIDGE-MIB dot1dTpFdbPort, Q-BRIDGE-MIB "
               "dot1qTpFdbPort: behind which port"),
        Column("mac", "MAC", Quantity.TEXT, "BRIDGE-MIB dot1dTpFdbAddress"),
        Column("vlan", "VLAN", Quantity.COUNT, "Q-BRIDGE-MIB dot1qVlanFdbId"),
        Column("vlan_name", "VLAN NAME", Quantity.TEXT, "Q-BRIDGE-MIB dot1qVlanStaticName"),
        Column("address", "ADDRESS", Quantity.TEXT, "IP-MIB ipNetToMediaTable, "
               "ipNetToPhysicalTable: ARP of this device"),
        Column("target", "TARGET", Quantity.TEXT, "the target of this estate with that address"),
        Column("others", "OTHERS", Quantity.TEXT, "IP-MIB: more addresses of it"),
    ),
    key=("port", "mac", "vlan"),
    read=read,
    rows=rows,
    placed=("target", ("address",)),
)  # fmt: skip
