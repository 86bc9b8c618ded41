"""By which port a device reaches this console: route, ARP, forwarding table, as far as they tell.

Looks of an action, one after the other: each asks for what the one before found out.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, ip_address

from opsconsole.clean import clean
from opsconsole.domains.system.network import attached, mib
from opsconsole.errors import Unsupported
from opsconsole.plan import Thing
from opsconsole.question import Part
from opsconsole.spec import Facts, Look
from opsconsole.table import ROWS
from opsconsole.varbind import Value, bindings

ROUTE = "1.3.6.1.2.1.4.21.1"
"""By destination: column 2 is the interface, 7 the next hop, 11 the mask."""
CIDR, INET = "1.3.6.1.2.1.4.24.4.1", "1.3.6.1.2.1.4.24.7.1"
"""By destination, mask (length) and more: column 5 (7) is the interface."""
STACK, AGGREGATE = "1.3.6.1.2.1.31.1.2.1.3", "1.2.840.10006.300.43.1.2.1.1.13"

VLANS = 240
"""VLANs whose forwarding table is asked; an access switch has some dozens."""

THIS, OTHER, UNKNOWN = "this port", "another port", "unknown"


def objects(out: bytes) -> Mapping[str, Value]:
    """What an agent answered, by name."""
    return {bound.name: bound.value for bound in bindings(out)}


def part(out: bytes) -> Part:
    """What an agent answered, as one of an exchange."""
    return Part(ROWS, out)


def _sound(thing: Thing, status: int) -> None:
    if status:
        raise Unsupported(f"{thing.target}: refuses to be looked at: status {status}")


def _networks(address: IPv4Address) -> list[IPv4Network]:
    """All networks that it is in, the smallest first."""
    return [IPv4Network((int(address), size), strict=False) for size in range(32, -1, -1)]


def _address(facts: Facts) -> IPv4Address | None:
    try:
        found = ip_address(facts["_ours"])
    except ValueError:
        return None
    return found if isinstance(found, IPv4Address) else None


def start(index: str) -> Look:
    """The first of the looks, by the number of the port's interface. The last of them adds `path`:
    one of `THIS`, `OTHER`, `UNKNOWN`. Each hands on what was found out, since a look is told only
    what the one before it found.
    """

    def found(thing: Thing, status: int, out: bytes) -> Facts:
        _sound(thing, status)
        return {"_port": index, "_ours": out.decode("ascii", "replace").strip()}

    return Look(lambda _thing: ("HERE",), found, then=_route)


def _route(_thing: Thing, facts: Facts) -> tuple[Look, ...]:
    address = _address(facts)
    if address is None:
        return ()
    oids = tuple(
        f"{ROUTE}.{column}.{network.network_address}"
        for network in dict.fromkeys(_networks(address))
        for column in (2, 7, 11)
    )
    read = dict.fromkeys(oids)

    def found(thing: Thing, status: int, out: bytes) -> Facts:
        _sound(thing, status)
        return {**facts, **_from_routes(objects(out), address)}

    return (Look(lambda _: ("READ", *read), found, then=_more_routes),)


def _from_routes(said: Mapping[str, Value], address: IPv4Address) -> Facts:
    for network in _networks(address):
        at = network.network_address
        interface, mask = said.get(f"{ROUTE}.2.{at}"), said.get(f"{ROUTE}.11.{at}")
        if not isinstance(interface, int) or interface <= 0 or not isinstance(mask, bytes):
            continue
        if mask == network.netmask.packed:
            hop = mib.ip(said.get(f"{ROUTE}.7.{at}"))
            return {"_way": str(interface), "_hop": hop}
    return {"_way": "", "_hop": ""}


def _more_routes(_thing: Thing, facts: Facts) -> tuple[Look, ...]:
    """Devices without the old table of routes have one of the two newer ones."""
    address = _address(facts)
    if facts["_way"] or address is None:
        return _arp(_thing, facts)
    oids = [
        oid
        for network in _networks(address)
        for oid in (
            f"{CIDR}.5.{network.network_address}.{network.netmask}",
            f"{INET}.7.1.4.{network.network_address}.{network.prefixlen}",
        )
    ]

    def found(thing: Thing, status: int, out: bytes) -> Facts:
        _sound(thing, status)
        return {**facts, **_from_newer(bindings(out), oids)}

    return (Look(lambda _: ("WALK", *oids), found, then=_arp),)


def _from_newer(said: Iterable[tuple[str, int, Value]], oids: list[str]) -> Facts:
    best: tuple[int, str, str] | None = None
    for name, _, value in said:
        for rank, oid in enumerate(oids):
            if name.startswith(f"{oid}.") and isinstance(value, int) and value > 0:
                rest = name[len(oid) + 1 :].split(".")
                if best is None or rank < best[0]:
                    best = rank, str(value), mib.ip_of(rest[-4:])
    if best is None:
        return {"_way": "", "_hop": ""}
    return {"_way": best[1], "_hop": "" if best[2] == "0.0.0.0" else best[2]}  # noqa: S104


def _arp(_thing: Thing, facts: Facts) -> tuple[Look, ...]:
    way = facts["_way"]
    if not way:
        return ()
    near = [one for one in (facts["_ours"], facts["_hop"]) if one]
    index = facts["_port"]
    oids = [
        *(f"{attached.ARP}.2.{way}.{one}" for one in near),
        *(f"{attached.NEIGHBOURS}.4.{way}.1.4.{one}" for one in near),
        f"{STACK}.{way}.{index}",
        f"{AGGREGATE}.{index}",
    ]

    def found(thing: Thing, status: int, out: bytes) -> Facts:
        _sound(thing, status)
        said = objects(out)
        macs = (mib.mac(said.get(oid)) for oid in oids[:-2])
        stacked = said.get(oids[-2]) is not None
        above = mib.count(said.get(oids[-1])) or 0
        this = index == way or stacked or str(above) == way
        mac = next(filter(None, macs), "")
        path = THIS if this else UNKNOWN
        return {**facts, "_mac": mac, "_above": str(above or ""), "path": path}

    return (Look(lambda _: ("READ", *oids), found, then=_vlans),)


def _vlans(_thing: Thing, facts: Facts) -> tuple[Look, ...]:
    if facts["path"] == THIS or not facts["_mac"]:
        return ()

    def found(thing: Thing, status: int, out: bytes) -> Facts:
        _sound(thing, status)
        answer = part(out)
        numbers = {
            mib.count(row.get(3)) for row in mib.table(answer, attached.VLAN_OF).values()
        } - {None}
        bridge = mib.ports(answer)
        return {
            **facts,
            "_vlans": " ".join(str(one) for one in sorted(map(int, filter(None, numbers)))[:VLANS]),
            "_bridge": " ".join(f"{port}:{interface}" for port, interface in bridge.items()),
        }

    return (
        Look(
            lambda _: ("WALK", f"{attached.VLAN_OF}.3", f"{mib.BASE_PORT}.2"),
            found,
            then=_forwarded,
            most=4 << 20,
        ),
    )


def _forwarded(_thing: Thing, facts: Facts) -> tuple[Look, ...]:
    numbers = ".".join(str(int(pair, 16)) for pair in facts["_mac"].split(":"))
    oids = [
        f"{attached.PLAIN}.2.{numbers}",
        *(f"{attached.BY_VLAN}.2.{vlan}.{numbers}" for vlan in facts["_vlans"].split()),
    ]

    def found(thing: Thing, status: int, out: bytes) -> Facts:
        _sound(thing, status)
        bridge = dict(pair.split(":") for pair in facts["_bridge"].split())
        ports = {str(port) for port in objects(out).values() if isinstance(port, int) and port > 0}
        behind = {bridge.get(port, port) for port in ports}
        if not behind:
            # No bridge learnt it: the interface of the route is the port itself.
            return {"path": UNKNOWN if bridge else OTHER}
        mine = {facts["_port"], facts["_above"]} - {""}
        return {"path": THIS if behind & mine else OTHER}

    return (Look(lambda _: ("READ", *oids), found),)


def words(facts: Facts) -> str:
    """What is known of the way to us."""
    return clean(facts.get("path", UNKNOWN))
