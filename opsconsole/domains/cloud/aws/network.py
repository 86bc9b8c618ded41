"""Who can get in from anywhere, who uses such a rule, and addresses that nobody uses."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

GROUPS = CloudCall(
    "ec2",
    "describe_security_groups",
    results=(
        "SecurityGroups[].{id: GroupId, name: GroupName, vpc: VpcId, tags: Tags,"
        " rules: IpPermissions[].{protocol: IpProtocol, low: FromPort, high: ToPort,"
        " four: IpRanges[].{cidr: CidrIp, says: Description},"
        " six: Ipv6Ranges[].{cidr: CidrIpv6, says: Description}}}"
    ),
    page=500,
)
INTERFACES = CloudCall(
    "ec2",
    "describe_network_interfaces",
    results=(
        "NetworkInterfaces[].{id: NetworkInterfaceId, instance: Attachment.InstanceId,"
        " says: Description, public: Association.PublicIp, groups: Groups[].GroupId}"
    ),
    page=500,
)
ADDRESSES = CloudCall(
    "ec2",
    "describe_addresses",
    results=(
        "Addresses[].{ip: PublicIp, id: AllocationId, association: AssociationId,"
        " instance: InstanceId, interface: NetworkInterfaceId, tags: Tags}"
    ),
)

CALLS = (GROUPS, INTERFACES, ADDRESSES)

WORLD = frozenset({"0.0.0.0/0", "::/0"})

WEB = frozenset({80, 443})
"""Ports that are meant for everybody more often than not."""

DANGEROUS = {
    22: "SSH",
    23: "telnet",
    135: "RPC",
    445: "SMB",
    1433: "SQL Server",
    1521: "Oracle",
    2375: "Docker",
    2379: "etcd",
    3306: "MySQL",
    3389: "RDP",
    5432: "PostgreSQL",
    5900: "VNC",
    5985: "WinRM",
    6379: "Redis",
    6443: "Kubernetes",
    9200: "Elasticsearch",
    9092: "Kafka",
    10250: "kubelet",
    11211: "memcached",
    27017: "MongoDB",
}
"""Ports behind which a guess, or nothing at all, lets one in."""

ADDRESS_USD = 3.65
"""List price of a public IPv4 address for a month of 730 hours, used or not: 0.005 USD an hour."""


class _Range(msgspec.Struct):
    cidr: Any = None
    says: Any = None


class _Rule(msgspec.Struct):
    protocol: Any = None
    low: Any = None
    high: Any = None
    four: list[_Range] | None = None
    six: list[_Range] | None = None


class Group(msgspec.Struct):
    """A security group, as `GROUPS` picks it."""

    id: Any = None
    name: Any = None
    vpc: Any = None
    tags: Any = None
    rules: list[_Rule] | None = None


class _Interface(msgspec.Struct):
    id: Any = None
    instance: Any = None
    says: Any = None
    public: Any = None
    groups: Any = None


class _Address(msgspec.Struct):
    ip: Any = None
    id: Any = None
    association: Any = None
    instance: Any = None
    interface: Any = None
    tags: Any = None


class Network(NamedTuple):
    """Groups, interfaces and addresses of an account."""

    at: float
    groups: list[tuple[str, Group]]
    interfaces: list[tuple[str, _Interface]]
    addresses: list[tuple[str, _Address]]
    used: bool
    """Whether it is known who uses a group."""


class Opening(NamedTuple):
    """A rule of a group that lets anybody in."""

    protocol: str
    low: int | None
    high: int | None
    cidr: str
    says: Clean

    @property
    def called(self) -> Clean:
        """The protocol in a word: EC2 has -1 for all."""
        return Clean("all") if self.protocol == "-1" else clean(self.protocol, 20)

    @property
    def ports(self) -> Clean:
        """As one writes them: `22`, `8000-8999`, `all`."""
        if self.low is None or self.high is None or self.protocol == "-1":
            return Clean("all")
        if self.protocol.startswith("icmp"):
            return Clean("all" if self.low < 0 else f"type {self.low}")
        if (self.low, self.high) == (0, 65535):
            return Clean("all")
        return Clean(f"{self.low}" if self.low == self.high else f"{self.low}-{self.high}")

    @property
    def risk(self) -> Clean:
        """`high`: all, or what must not be open; `web`; `other`."""
        if self.protocol.startswith("icmp"):
            return Clean("low")
        if self.ports == "all":
            return Clean("high")
        low, high = self.low or 0, self.high or 0
        if any(low <= port <= high for port in DANGEROUS):
            return Clean("high")
        return Clean("web" if low == high and low in WEB else "other")

    @property
    def what(self) -> Clean:
        """Names of what must not be open, of a rule that opens it."""
        if self.ports == "all" or self.low is None or self.high is None:
            return Clean("everything" if self.risk == "high" else "")
        found = [name for port, name in DANGEROUS.items() if self.low <= port <= self.high]
        return clean(", ".join(found))


def openings(group: Group) -> Iterator[Opening]:
    """Rules of a group whose source is the whole world."""
    for rule in group.rules or ():
        for one in (*(rule.four or ()), *(rule.six or ())):
            if one.cidr in WORLD:
                yield Opening(
                    str(value.text(rule.protocol, 20)),
                    _port(rule.low),
                    _port(rule.high),
                    str(one.cidr),
                    value.text(one.says),
                )


def _port(said: Any) -> int | None:
    found = value.number(said)
    return int(found) if found is not None and -1 <= found <= 65535 else None


def read(payload: bytes) -> Network:
    """Groups, interfaces and addresses."""
    groups, interfaces, addresses = (cloud.reading(part.body) for part in parted(payload, 3))
    return Network(
        groups.at,
        list(groups.found(Group)),
        list(interfaces.found(_Interface)),
        list(addresses.found(_Address)),
        not interfaces.errors,
    )


def opening_rows(now: Network, _before: Network | None) -> list[Row]:
    """One row per rule that is open to the world."""
    users: dict[tuple[str, str], list[_Interface]] = defaultdict(list)
    for region, one in now.interfaces:
        for group in value.items(one.groups):
            users[region, str(group)].append(one)
    rows: list[Row] = []
    for region, group in now.groups:
        here = users[region, str(group.id)]
        who = sorted({str(one.instance or one.says or one.id) for one in here})
        tags = value.tags(group.tags)
        rows += [
            (
                value.text(group.id, 40),
                value.text(group.name),
                one.called,
                one.ports,
                Clean(one.cidr),
                one.risk,
                one.what,
                len(here) if now.used else None,
                sum(bool(each.public) for each in here) if now.used else None,
                value.joined(who, 400),
                one.says,
                value.protected(tags),
                value.tagged(tags, "owner", "team", "contact"),
                value.text(group.vpc, 40),
                clean(region, 40),
            )
            for one in openings(group)
        ]
    return rows


_SG = "ec2:DescribeSecurityGroups"
_ENI = "ec2:DescribeNetworkInterfaces"

OPENING = Probe(
    "aws.opening",
    "Open to the world",
    "network",
    (
        Column("group", "GROUP", Quantity.TEXT, f"{_SG} GroupId"),
        Column("name", "NAME", Quantity.TEXT, f"{_SG} GroupName"),
        Column("protocol", "PROTOCOL", Quantity.TEXT, f"{_SG} IpProtocol"),
        Column("ports", "PORTS", Quantity.TEXT, f"{_SG} FromPort, ToPort"),
        Column("cidr", "FROM", Quantity.TEXT, f"{_SG} CidrIp, CidrIpv6: 0.0.0.0/0 or ::/0"),
        Column("risk", "RISK", Quantity.STATE, "ours: all ports, or one that must not be open"),
        Column("what", "OPENS", Quantity.TEXT, "ours: what usually listens there"),
        Column("uses", "USED BY", Quantity.COUNT, f"{_ENI} Groups: interfaces"),
        Column("public", "PUBLIC", Quantity.COUNT, f"{_ENI} PublicIp: of those, with one"),
        Column("users", "USERS", Quantity.TEXT, f"{_ENI} InstanceId, else Description"),
        Column("says", "SAYS", Quantity.TEXT, f"{_SG} Description of the range"),
        Column("protected", "PROTECTED", Quantity.FLAG, f"{_SG} Tags: protected, unless false"),
        Column("owner", "OWNER", Quantity.TEXT, f"{_SG} Tags: owner, team, contact"),
        Column("vpc", "VPC", Quantity.TEXT, f"{_SG} VpcId"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("group", "protocol", "ports", "cidr", "region"),
    read,
    opening_rows,
)


def address_rows(now: Network, _before: Network | None) -> list[Row]:
    """One row per elastic address."""
    rows: list[Row] = []
    for region, one in now.addresses:
        tags = value.tags(one.tags)
        used = bool(one.association or one.instance or one.interface)
        rows.append(
            (
                value.text(one.ip, 64),
                value.tagged(tags, "name"),
                Clean("used" if used else "unused"),
                value.text(one.instance or one.interface, 64),
                value.text(one.id, 64),
                ADDRESS_USD,
                value.tagged(tags, "owner", "team", "contact"),
                clean(region, 40),
            )
        )
    return rows


_EIP = "ec2:DescribeAddresses"

ADDRESS = Probe(
    "aws.address",
    "Elastic addresses",
    "network",
    (
        Column("address", "ADDRESS", Quantity.TEXT, f"{_EIP} PublicIp"),
        Column("name", "NAME", Quantity.TEXT, f"{_EIP} Tags: Name"),
        Column("state", "STATE", Quantity.STATE, f"{_EIP} AssociationId: whether there is one"),
        Column("used_by", "USED BY", Quantity.TEXT, f"{_EIP} InstanceId, NetworkInterfaceId"),
        Column("allocation", "ID", Quantity.TEXT, f"{_EIP} AllocationId"),
        Column("month_usd", "USD/MONTH", Quantity.NUMBER, "list price: 0.005 USD an hour"),
        Column("owner", "OWNER", Quantity.TEXT, f"{_EIP} Tags: owner, team, contact"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("address", "region"),
    read,
    address_rows,
)

PROBES = (OPENING, ADDRESS)
