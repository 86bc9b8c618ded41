"""Ways out of a network: NAT gateways, VPNs and their tunnels, peerings, routes into nothing."""

from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws import series
from opsconsole.domains.cloud.aws.series import Listed, Things, Wanted, newest
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

NAT_USD = 32.85
"""List price of us-east-1 for a NAT gateway and month of 730 hours, without what it carries."""

NATS = CloudCall(
    "ec2",
    "describe_nat_gateways",
    {"Filters": [{"Name": "state", "Values": ["pending", "available", "failed"]}]},
    "NatGateways[].{id: NatGatewayId, state: State, why: FailureMessage, kind: ConnectivityType,"
    " public: NatGatewayAddresses[].PublicIp, vpc: VpcId, subnet: SubnetId, tags: Tags}",
    page=200,
)
_WORKING = {"Filters": [{"Name": "state", "Values": ["available"]}]}
NAT_SERIES = series.asked(
    Listed("ec2", "describe_nat_gateways", "NatGateways[]", "NatGatewayId", _WORKING, 200),
    "AWS/NATGateway",
    {"NatGatewayId": "*.id"},
    (
        Wanted("ports", "ErrorPortAllocation", "Sum"),
        Wanted("dropped", "PacketsDropCount", "Sum"),
        Wanted("flows", "ActiveConnectionCount", "Maximum"),
        Wanted("sent", "BytesOutToDestination", "Sum"),
    ),
)
VPNS = CloudCall(
    "ec2",
    "describe_vpn_connections",
    {"Filters": [{"Name": "state", "Values": ["pending", "available"]}]},
    "VpnConnections[].{id: VpnConnectionId, state: State, gateway: VpnGatewayId,"
    " transit: TransitGatewayId, customer: CustomerGatewayId, tags: Tags, tunnels: VgwTelemetry[]."
    "{ip: OutsideIpAddress, state: Status, since: LastStatusChange, says: StatusMessage,"
    " routes: AcceptedRouteCount}}",
)
ROUTES = CloudCall(
    "ec2",
    "describe_route_tables",
    results=(
        "RouteTables[].{id: RouteTableId, vpc: VpcId, tags: Tags,"
        " nets: length(Associations || `[]`), routes: Routes[?State=='blackhole'].{"
        "to: DestinationCidrBlock || DestinationIpv6CidrBlock || DestinationPrefixListId,"
        " by: VpcPeeringConnectionId || NatGatewayId || TransitGatewayId || NetworkInterfaceId"
        " || InstanceId || GatewayId}}"
    ),
    page=100,
)
PEERINGS = CloudCall(
    "ec2",
    "describe_vpc_peering_connections",
    results=(
        "VpcPeeringConnections[].{id: VpcPeeringConnectionId, state: Status.Code,"
        " why: Status.Message, asks: RequesterVpcInfo.VpcId, asker: RequesterVpcInfo.OwnerId,"
        " accepts: AccepterVpcInfo.VpcId, accepter: AccepterVpcInfo.OwnerId, tags: Tags}"
    ),
    page=100,
)

CALLS = (NATS, NAT_SERIES, VPNS, ROUTES, PEERINGS)


class _Nat(msgspec.Struct):
    id: Any = None
    state: Any = None
    why: Any = None
    kind: Any = None
    public: Any = None
    vpc: Any = None
    subnet: Any = None
    tags: Any = None


class _Tunnel(msgspec.Struct):
    ip: Any = None
    state: Any = None
    since: Any = None
    says: Any = None
    routes: Any = None


class _Vpn(msgspec.Struct):
    id: Any = None
    state: Any = None
    gateway: Any = None
    transit: Any = None
    customer: Any = None
    tags: Any = None
    tunnels: list[_Tunnel] | None = None

    @property
    def up(self) -> int:
        """Tunnels that are up."""
        return sum(str(one.state) == "UP" for one in self.tunnels or ())


class _Route(msgspec.Struct):
    to: Any = None
    by: Any = None


class _Table(msgspec.Struct):
    id: Any = None
    vpc: Any = None
    tags: Any = None
    nets: Any = None
    routes: list[_Route] | None = None


class _Peering(msgspec.Struct):
    id: Any = None
    state: Any = None
    why: Any = None
    asks: Any = None
    asker: Any = None
    accepts: Any = None
    accepter: Any = None
    tags: Any = None


class Ways(NamedTuple):
    """All ways out of an account's networks."""

    nats: list[tuple[str, _Nat]]
    series: Things
    vpns: list[tuple[str, _Vpn]]
    tables: list[tuple[str, _Table]]
    peerings: list[tuple[str, _Peering]]


def read(payload: bytes) -> Ways:
    """All of them."""
    nats, points, vpns, tables, peerings = parted(payload, len(CALLS))
    return Ways(
        list(cloud.reading(nats.body).found(_Nat)),
        series.things(points),
        list(cloud.reading(vpns.body).found(_Vpn)),
        list(cloud.reading(tables.body).found(_Table)),
        list(cloud.reading(peerings.body).found(_Peering)),
    )


def nat_rows(now: Ways, _before: Ways | None) -> list[Row]:
    """One row per NAT gateway."""
    rows: list[Row] = []
    for region, one in now.nats:
        tags = value.tags(one.tags)
        mine = now.series.get((region, str(one.id)), series.NONE)
        rows.append(
            (
                value.text(one.id, 64),
                value.tagged(tags, "name"),
                value.text(one.state, 20),
                value.text(one.kind, 20),
                newest(mine, "ports"),
                newest(mine, "dropped"),
                newest(mine, "flows"),
                series.rate(mine, "sent"),
                series.moment(mine, "ports"),
                value.joined(value.items(one.public), 200),
                value.text(one.why),
                NAT_USD,
                value.tagged(tags, "owner", "team", "contact"),
                value.text(one.vpc, 40),
                clean(region, 40),
            )
        )
    return rows


def vpn_rows(now: Ways, _before: Ways | None) -> list[Row]:
    """One row per VPN connection."""
    rows: list[Row] = []
    for region, one in now.vpns:
        all_, up = len(one.tunnels or ()), one.up
        word = "unknown" if not all_ else "up" if up == all_ else "degraded" if up else "down"
        tags = value.tags(one.tags)
        rows.append(
            (
                value.text(one.id, 64),
                value.tagged(tags, "name"),
                Clean(word),
                all_,
                up,
                value.text(one.gateway or one.transit, 64),
                value.text(one.customer, 64),
                value.tagged(tags, "owner", "team", "contact"),
                clean(region, 40),
            )
        )
    return rows


def tunnel_rows(now: Ways, _before: Ways | None) -> list[Row]:
    """One row per tunnel."""
    return [
        (
            value.text(one.id, 64),
            value.text(tunnel.ip, 64),
            Clean("up" if str(tunnel.state) == "UP" else "down"),
            value.moment(tunnel.since),
            value.count(tunnel.routes),
            value.text(tunnel.says),
            clean(region, 40),
        )
        for region, one in now.vpns
        for tunnel in one.tunnels or ()
    ]


def route_rows(now: Ways, _before: Ways | None) -> list[Row]:
    """One row per route that leads to nothing."""
    return [
        (
            value.text(one.id, 64),
            value.tagged(value.tags(one.tags), "name"),
            value.text(route.to, 64),
            Clean("blackhole"),
            value.text(route.by, 64),
            value.count(one.nets),
            value.text(one.vpc, 40),
            clean(region, 40),
        )
        for region, one in now.tables
        for route in one.routes or ()
    ]


def peering_rows(now: Ways, _before: Ways | None) -> list[Row]:
    """One row per peering."""
    return [
        (
            value.text(one.id, 64),
            value.tagged(value.tags(one.tags), "name"),
            value.text(one.state, 30),
            value.joined((one.asks, one.asker)),
            value.joined((one.accepts, one.accepter)),
            value.text(one.why),
            clean(region, 40),
        )
        for region, one in now.peerings
    ]


_DN = "ec2:DescribeNatGateways"
_CW = "cloudwatch:GetMetricData AWS/NATGateway"
_DV = "ec2:DescribeVpnConnections"
_DR = "ec2:DescribeRouteTables"
_DP = "ec2:DescribeVpcPeeringConnections"
_REGION = Column("region", "REGION", Quantity.TEXT, "the region that was asked")

NAT = Probe(
    "aws.nat",
    "NAT gateways",
    "gateway",
    (
        Column("nat", "ID", Quantity.TEXT, f"{_DN} NatGatewayId"),
        Column("name", "NAME", Quantity.TEXT, f"{_DN} Tags: Name"),
        Column("state", "STATE", Quantity.STATE, f"{_DN} State"),
        Column("kind", "KIND", Quantity.TEXT, f"{_DN} ConnectivityType"),
        Column("port_errors", "PORT ERRORS", Quantity.COUNT, f"{_CW} ErrorPortAllocation, 5 min",
               history=True),
        Column("dropped", "DROPPED", Quantity.COUNT, f"{_CW} PacketsDropCount, 5 min",
               history=True),
        Column("flows", "FLOWS", Quantity.COUNT, f"{_CW} ActiveConnectionCount", history=True),
        Column("sent_bytes_per_s", "OUT/s", Quantity.BYTES_PER_S, f"{_CW} BytesOutToDestination",
               history=True),
        Column("at", "AT", Quantity.TIME, f"{_CW} Timestamps: of the newest point"),
        Column("public", "PUBLIC IP", Quantity.TEXT, f"{_DN} NatGatewayAddresses PublicIp"),
        Column("why", "WHY", Quantity.TEXT, f"{_DN} FailureMessage"),
        Column("month_usd", "USD/MONTH", Quantity.NUMBER, "list price of us-east-1, by the hour"),
        Column("owner", "OWNER", Quantity.TEXT, f"{_DN} Tags: owner, team, contact"),
        Column("vpc", "VPC", Quantity.TEXT, f"{_DN} VpcId"),
        _REGION,
    ),
    ("nat", "region"),
    read,
    nat_rows,
)  # fmt: skip

VPN = Probe(
    "aws.vpn",
    "VPN connections",
    "gateway",
    (
        Column("vpn", "ID", Quantity.TEXT, f"{_DV} VpnConnectionId"),
        Column("name", "NAME", Quantity.TEXT, f"{_DV} Tags: Name"),
        Column("state", "STATE", Quantity.STATE, f"{_DV} VgwTelemetry: all up, some, none"),
        Column("tunnels", "TUNNELS", Quantity.COUNT, f"{_DV} VgwTelemetry"),
        Column("up", "UP", Quantity.COUNT, f"{_DV} VgwTelemetry Status"),
        Column("gateway", "GATEWAY", Quantity.TEXT, f"{_DV} VpnGatewayId, else TransitGatewayId"),
        Column("customer", "CUSTOMER", Quantity.TEXT, f"{_DV} CustomerGatewayId"),
        Column("owner", "OWNER", Quantity.TEXT, f"{_DV} Tags: owner, team, contact"),
        _REGION,
    ),
    ("vpn", "region"),
    read,
    vpn_rows,
)

TUNNEL = Probe(
    "aws.vpn-tunnel",
    "VPN tunnels",
    "gateway",
    (
        Column("vpn", "VPN", Quantity.TEXT, f"{_DV} VpnConnectionId"),
        Column("tunnel", "TUNNEL", Quantity.TEXT, f"{_DV} VgwTelemetry OutsideIpAddress"),
        Column("state", "STATE", Quantity.STATE, f"{_DV} VgwTelemetry Status"),
        Column("since", "SINCE", Quantity.TIME, f"{_DV} VgwTelemetry LastStatusChange"),
        Column("routes", "ROUTES", Quantity.COUNT, f"{_DV} VgwTelemetry AcceptedRouteCount"),
        Column("says", "SAYS", Quantity.TEXT, f"{_DV} VgwTelemetry StatusMessage"),
        _REGION,
    ),
    ("vpn", "tunnel", "region"),
    read,
    tunnel_rows,
)

ROUTE = Probe(
    "aws.blackhole",
    "Routes into nothing",
    "gateway",
    (
        Column("table", "TABLE", Quantity.TEXT, f"{_DR} RouteTableId"),
        Column("name", "NAME", Quantity.TEXT, f"{_DR} Tags: Name"),
        Column("to", "TO", Quantity.TEXT, f"{_DR} Routes: Destination…"),
        Column("state", "STATE", Quantity.STATE, f"{_DR} Routes State: those that are blackhole"),
        Column("by", "BY", Quantity.TEXT, f"{_DR} Routes: what is not there any more"),
        Column("nets", "USED BY", Quantity.COUNT, f"{_DR} Associations: subnets, main or not"),
        Column("vpc", "VPC", Quantity.TEXT, f"{_DR} VpcId"),
        _REGION,
    ),
    ("table", "to", "region"),
    read,
    route_rows,
)

PEERING = Probe(
    "aws.peering",
    "VPC peerings",
    "gateway",
    (
        Column("peering", "ID", Quantity.TEXT, f"{_DP} VpcPeeringConnectionId"),
        Column("name", "NAME", Quantity.TEXT, f"{_DP} Tags: Name"),
        Column("state", "STATE", Quantity.STATE, f"{_DP} Status.Code"),
        Column("asks", "ASKS", Quantity.TEXT, f"{_DP} RequesterVpcInfo VpcId, OwnerId"),
        Column("accepts", "ACCEPTS", Quantity.TEXT, f"{_DP} AccepterVpcInfo VpcId, OwnerId"),
        Column("why", "WHY", Quantity.TEXT, f"{_DP} Status.Message"),
        _REGION,
    ),
    ("peering", "region"),
    read,
    peering_rows,
)

PROBES = (NAT, VPN, TUNNEL, ROUTE, PEERING)
