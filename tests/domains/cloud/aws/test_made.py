"""Made answers, in the shape of AWS's manuals, to what the simulation does not know."""

import datetime
import json
import time
import urllib.request
from collections.abc import Generator
from typing import Any

import jmespath
import pytest

from opsconsole import cloud
from opsconsole.domains.cloud.aws import change, cost, gateway, idle, patch, quota
from opsconsole.errors import Unsupported
from opsconsole.question import Part, joined, parted
from tests.domains.cloud.aws.scene import AT, answer, seen
from tests.domains.database.redis.scene import Table, table
from tests.servers.cloud import IMAGE, Moto, mended, moto
from tests.transports.aws.scene import answer as answered
from tests.transports.aws.scene import opened

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:moto")


@pytest.fixture(scope="module")
def server() -> Generator[Moto, None, None]:
    with moto() as found:
        yield found


def iso(days: float) -> str:
    """The moment so many days before the answers here, as AWS writes it."""
    return datetime.datetime.fromtimestamp(AT - 86_400 * days, datetime.UTC).isoformat()


def state(id_: str, **said: Any) -> dict[str, Any]:
    """A patch state on the wire: moments are numbers of seconds there."""
    return {
        "InstanceId": id_, "PatchGroup": "", "BaselineId": "pb-0123456789abcdef0",
        "MissingCount": 0, "FailedCount": 0, "Operation": "Install",
        "OperationStartTime": time.time(), "OperationEndTime": time.time() - 5 * 86_400,
        "CriticalNonCompliantCount": 0, "SecurityNonCompliantCount": 0,
        "InstalledPendingRebootCount": 0, **said,
    }  # fmt: skip


async def test_patches(server: Moto) -> None:
    """Instances of the simulation; what Systems Manager says of them is made."""
    ec2 = server.client("ec2")
    made = ec2.run_instances(ImageId=IMAGE, MinCount=4, MaxCount=4, InstanceType="t3.small")
    ids = [one["InstanceId"] for one in made["Instances"]]
    agents = [
        {"InstanceId": id_, "PingStatus": "Online", "PlatformName": "Debian",
         "PlatformVersion": "12", "LastPingDateTime": time.time()}
        for id_ in ids[:3]
    ]  # fmt: skip
    states = [
        state(ids[0]),
        state(ids[1], Operation="Scan", MissingCount=7, CriticalNonCompliantCount=2,
              LastNoRebootInstallOperationTime=time.time() - 70 * 86_400),
    ]  # fmt: skip
    said = {
        "DescribeInstanceInformation": {"InstanceInformationList": agents},
        "DescribeInstancePatchStates": {"InstancePatchStates": states},
    }
    async with mended(server, said) as front:
        (rows,) = await seen(front.target(), patch.PATCH)
        asked = [one.body for one in front.web.asked if b"InstanceIds" in one.body]
    told = {row["instance"]: row for row in rows}
    assert [told[id_]["state"] for id_ in ids] == [
        *("patched", "missing", "never scanned", "not managed"),
    ]
    days = [told[id_]["unpatched_days"] for id_ in ids]
    assert days[:2] == [pytest.approx(5.0, abs=0.1), pytest.approx(70.0, abs=0.1)]
    assert days[2:] == [None, None]
    assert (told[ids[1]]["missing"], told[ids[1]]["critical"]) == (7, 2)
    assert told[ids[0]]["platform"] == "Debian 12"
    # Once for all that have an agent.
    assert {tuple(json.loads(body)["InstanceIds"]) for body in asked} == {tuple(ids[:3])}
    assert len(asked) == 1


async def test_without_systems_manager_nothing_is_said(server: Moto) -> None:
    (rows,) = await seen(server.target("eu-west-1"), patch.PATCH)
    assert {row["state"] for row in rows} == {"unknown"}
    assert {row["unpatched_days"] for row in rows} == {None}


async def test_quotas(server: Moto) -> None:
    """The list of quotas is made; what is used of them is told by the simulation."""
    usage = {
        "MetricNamespace": "AWS/Usage", "MetricName": "ResourceCount",
        "MetricDimensions": {"Class": "Standard/OnDemand", "Service": "EC2", "Type": "Resource"},
        "MetricStatisticRecommendation": "Maximum",
    }  # fmt: skip
    one = {"ServiceCode": "ec2", "QuotaCode": "L-1216C47A", "Value": 32.0, "Adjustable": True,
           "QuotaName": "Running On-Demand Standard instances", "UsageMetric": usage}  # fmt: skip
    server.client("cloudwatch").put_metric_data(
        Namespace="AWS/Usage",
        MetricData=[
            {
                "MetricName": "ResourceCount",
                "Dimensions": [
                    {"Name": key, "Value": value}
                    for key, value in usage["MetricDimensions"].items()  # type: ignore[attr-defined]
                ],
                "Value": 28.0,
                "Timestamp": time.time() - 600,
            }
        ],
    )
    none = {**one, "QuotaCode": "L-2", "UsageMetric": None}
    async with mended(server, {"ListServiceQuotas": {"Quotas": [one, none]}}) as front:
        (rows,) = await seen(front.target("eu-west-1"), quota.QUOTA_PROBE)
    assert {(row["code"], row["used"], row["used_percent"]) for row in rows} == {
        ("L-1216C47A", 28.0, 87.5)
    }


def results_are(server: Moto, results: list[Any]) -> None:
    """What the simulation answers to the next question for costs that is new to it."""
    request = urllib.request.Request(
        f"{server.url}/moto-api/static/ce/cost-and-usage-results",
        json.dumps({"results": [{"ResultsByTime": results}]}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as said:
        assert said.status == 201


async def test_costs(server: Moto) -> None:
    """Days are told by the simulation, as it is told to; forecast and coverage are made."""
    today = datetime.datetime.now(datetime.UTC).date()

    def by_day(back: int, amount: str) -> dict[str, Any]:
        day = (today - datetime.timedelta(days=back)).isoformat()
        money = {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}
        return {"TimePeriod": {"Start": day}, "Groups": [{"Keys": ["EC2"], "Metrics": money}]}

    days = [by_day(back, "40" if back == 2 else "20") for back in range(1, 35)]
    owner = {"UnblendedCost": {"Amount": "9", "Unit": "USD"}}
    owners = [{"TimePeriod": {"Start": today.isoformat()},
               "Groups": [{"Keys": ["owner$shop"], "Metrics": owner}]}]  # fmt: skip
    made = {
        "GetCostForecast": {"Total": {"Amount": "100", "Unit": "USD"}},
        "GetSavingsPlansCoverage": {"SavingsPlansCoverages": [
            {"Coverage": {"SpendCoveredBySavingsPlans": "1", "TotalCost": "4"}}]},
        "GetReservationCoverage": {"CoveragesByTime": [
            {"Total": {"CoverageHours": {"ReservedHours": "30", "TotalRunningHours": "60"}}}]},
    }  # fmt: skip
    parts: list[Part] = []
    # One of them at a time: the simulation takes results by the order of requests.
    for results, calls in ((days, cost.CALLS[:2]), (owners, cost.CALLS[2:])):
        results_are(server, results)
        async with (
            mended(server, made) as front,
            opened(front.target("eu-west-1"), {"one": calls}) as (session, heard),
        ):
            told = await answered(session, heard)
            assert told.error is None, told.error
            parts += parted(told.payload, len(calls))
    (whole,) = table(cost.COST, joined(parts))
    assert (whole["day_cost"], whole["usual_cost"], whole["over_percent"]) == (40.0, 20.0, 100.0)
    assert whole["foreseen_cost"] == pytest.approx(whole["month_cost"] + 100.0)
    assert (whole["covered_percent"], whole["reserved_percent"]) == (25.0, 50.0)
    assert whole["unowned_percent"] == 0.0
    (row,) = table(cost.OWNER, joined(parts))
    assert (row["owner"], row["month_cost"]) == ("shop", 9.0)


async def test_changes(server: Moto) -> None:
    event = {
        "EventId": "e-1", "EventName": "StopInstances", "EventTime": time.time() - 60,
        "EventSource": "ec2.amazonaws.com", "Username": "\x1b[1mmallory",
        "AccessKeyId": "AKIAEXAMPLE", "ReadOnly": "false", "CloudTrailEvent": "{}",
        "Resources": [{"ResourceType": "AWS::EC2::Instance", "ResourceName": "i-1"}],
    }  # fmt: skip

    def lines(asked: dict[str, Any]) -> dict[str, Any]:
        number = int(asked.get("NextToken", "0"))
        return {"Events": [{**event, "EventId": f"e-{number}"}], "NextToken": str(number + 1)}

    async with mended(server, {"LookupEvents": lines}) as front:
        (rows,) = await seen(front.target("eu-west-1"), change.CHANGE)
        asked = [one.body for one in front.web.asked if b"LookupAttributes" in one.body]
    assert {(row["who"], row["did"], row["service"], row["things"]) for row in rows} == {
        ("\N{REPLACEMENT CHARACTER}[1mmallory", "StopInstances", "ec2", "i-1")
    }
    assert b'"false"' in asked[0]
    # What never ends is read so far, and one page is fetched before that is noticed.
    assert [row["id"] for row in rows] == [f"e-{number}" for number in range(change.PAGES)]
    assert len(asked) == change.PAGES + 1


def picked(call: Any, page: dict[str, Any]) -> list[Any]:
    """What a call takes of a page."""
    found: list[Any] = jmespath.search(call.results, page)
    return found


def ways(vpns: list[Any], tables: list[Any]) -> bytes:
    return answer([], [], vpns, tables, [])


def test_tunnels() -> None:
    def tunnel(ip: str, word: str) -> dict[str, Any]:
        return {"OutsideIpAddress": ip, "Status": word, "LastStatusChange": iso(1),
                "StatusMessage": "IPSEC IS DOWN", "AcceptedRouteCount": 2}  # fmt: skip

    both = [tunnel("192.0.2.1", "UP"), tunnel("192.0.2.2", "DOWN")]
    page = {"VpnConnections": [
        {"VpnConnectionId": "vpn-1", "State": "available", "TransitGatewayId": "tgw-1",
         "VgwTelemetry": both},
        {"VpnConnectionId": "vpn-2", "State": "available", "VgwTelemetry": both[1:]},
        {"VpnConnectionId": "vpn-3", "State": "available", "VgwTelemetry": both[:1]},
    ]}  # fmt: skip
    payload = ways(picked(gateway.VPNS, page), [])
    rows = table(gateway.VPN, payload)
    assert [(row["vpn"], row["state"], row["up"]) for row in rows] == [
        ("vpn-1", "degraded", 1),
        ("vpn-2", "down", 0),
        ("vpn-3", "up", 1),
    ]
    assert rows[0]["gateway"] == "tgw-1"
    tunnels: Table = table(gateway.TUNNEL, payload)
    assert (tunnels[1]["tunnel"], tunnels[1]["state"], tunnels[1]["routes"]) == (
        "192.0.2.2",
        "down",
        2,
    )
    assert tunnels[1]["since"] == AT - 86_400


def test_routes_into_nothing() -> None:
    page: dict[str, Any] = {"RouteTables": [
        {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": True}, {}],
         "Routes": [
             {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
             {"DestinationCidrBlock": "10.9.0.0/16", "VpcPeeringConnectionId": "pcx-1",
              "State": "blackhole"},
             {"DestinationIpv6CidrBlock": "::/0", "NatGatewayId": "nat-1", "State": "blackhole"},
         ]},
        {"RouteTableId": "rtb-2", "VpcId": "vpc-1", "Routes": []},
    ]}  # fmt: skip
    rows = table(gateway.ROUTE, ways([], picked(gateway.ROUTES, page)))
    assert [(row["table"], row["to"], row["by"], row["nets"]) for row in rows] == [
        ("rtb-1", "10.9.0.0/16", "pcx-1", 2),
        ("rtb-1", "::/0", "nat-1", 2),
    ]


def week(name: str, *values: float) -> dict[str, Any]:
    return {"label": f"{name}|use", "at": [iso(back) for back in range(len(values))],
            "values": list(values)}  # fmt: skip


def test_a_week_without_use() -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/{}/0"
    balancers = [
        {"arn": arn.format(name), "name": name, "type": kind, "created": iso(age)}
        for name, kind, age in (
            ("quiet", "application", 30), ("silent", "application", 30), ("new", "network", 1),
            ("busy", "application", 30), ("way", "gateway", 30),
        )
    ]  # fmt: skip
    asked = [week(arn.format("quiet"), *([90.0] * 7)), week(arn.format("busy"), 0.0, 400.0)]
    bases = [
        {"id": name, "state": word}
        for name, word in (
            ("used", "available"),
            ("idle", "available"),
            ("off", "stopped"),
            ("fresh", "available"),
        )
    ]
    connected = [week("used", 0.0, 3.0), week("idle", *([0.0] * 7)), week("off", *([0.0] * 7)),
                 week("fresh", 0.0)]  # fmt: skip
    payload = answer(balancers, asked, [], bases, connected)
    assert {row["name"]: row["use"] for row in table(idle.BALANCER, payload)} == {
        "quiet": "idle",
        "silent": "idle",
        "new": "young",
        "busy": "used",
    }
    assert {row["database"]: row["use"] for row in table(idle.DATABASE, payload)} == {
        "used": "used",
        "idle": "idle",
        "off": "unknown",
        "fresh": "unknown",
    }
    refused = cloud.refused("eu-west-1", Unsupported("no"))
    dark = json.dumps({"at": AT, "regions": [{"region": refused.region, "error": "no",
                                              "kind": refused.kind}]}).encode()  # fmt: skip
    parts = parted(payload, 5)
    blind = joined([parts[0], Part(0, dark), *parts[2:]])
    assert {row["use"] for row in table(idle.BALANCER, blind)} == {"unknown"}
