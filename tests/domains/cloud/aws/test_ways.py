"""A simulated account: ways out of it, what balancers carry, files, queues, buckets, budgets."""

import json
import time
from collections.abc import Generator
from typing import Any

import pytest

from opsconsole.domains.cloud.aws import (
    INTEGRATION,
    bucket,
    budget,
    filesystem,
    gateway,
    idle,
    metric,
    patch,
    queue,
    traffic,
)
from opsconsole.domains.cloud.aws.watch import CALL
from tests.domains.cloud.aws.scene import seen
from tests.servers.cloud import IMAGE, Moto, moto

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:moto")


@pytest.fixture(scope="module")
def server() -> Generator[Moto, None, None]:
    with moto() as found:
        yield found


def point(server: Moto, space: str, name: str, key: str, of: str, value: float) -> None:
    """One point of a series, two minutes old."""
    server.client("cloudwatch").put_metric_data(
        Namespace=space,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": of}],
                "Value": value,
                "Timestamp": time.time() - 120,
            }
        ],
    )


def nets(server: Moto) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.client("ec2").describe_subnets()["Subnets"]
    return found


async def test_nothing_there_costs_nothing(server: Moto) -> None:
    """Of an empty account CloudWatch is asked nothing at all."""
    *_, calls = await seen(
        server.target(),
        *(gateway.NAT, traffic.TRAFFIC, filesystem.FILESYSTEM, queue.QUEUE, bucket.BUCKET),
        *(idle.BALANCER, metric.BURST_PROBE, metric.DATABASE, patch.IMAGE_PROBE, CALL),
    )
    asked = {(row["service"], row["operation"]): row["requests"] for row in calls}
    # A count is made for each operation, perhaps of no request.
    assert asked["ec2", "describe_nat_gateways"] > 0
    assert asked["efs", "describe_file_systems"] > 0
    for service, operation in (
        ("cloudwatch", "get_metric_data"),
        ("ec2", "describe_images"),
        ("efs", "describe_mount_targets"),
        ("sqs", "get_queue_attributes"),
        ("s3", "get_bucket_acl"),
    ):
        assert asked[service, operation] == 0, operation


async def test_ways_out(server: Moto) -> None:
    ec2 = server.client("ec2")
    here = nets(server)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=here[0]["SubnetId"], AllocationId=address)
    id_ = nat["NatGateway"]["NatGatewayId"]
    point(server, "AWS/NATGateway", "ErrorPortAllocation", "NatGatewayId", id_, 12.0)
    point(server, "AWS/NATGateway", "BytesOutToDestination", "NatGatewayId", id_, 3000.0)
    customer = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="192.0.2.9", BgpAsn=65000)
    way = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    vpn = ec2.create_vpn_connection(
        Type="ipsec.1", VpnGatewayId=way,
        CustomerGatewayId=customer["CustomerGateway"]["CustomerGatewayId"],
    )["VpnConnection"]["VpnConnectionId"]  # fmt: skip
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_vpc_peering_connection(VpcId=here[0]["VpcId"], PeerVpcId=other)
    (row,), (line,), tunnels, holes, (peering,) = await seen(
        server.target(), gateway.NAT, gateway.VPN, gateway.TUNNEL, gateway.ROUTE, gateway.PEERING
    )
    assert (row["nat"], row["state"], row["port_errors"]) == (id_, "available", 12.0)
    assert (row["sent_bytes_per_s"], row["dropped"]) == (10.0, None)
    assert row["public"]
    # The simulation tells nothing of tunnels, and knows no route into nothing.
    assert (line["vpn"], line["state"], line["gateway"]) == (vpn, "unknown", way)
    assert (tunnels, holes) == ([], [])
    assert peering["state"] == "pending-acceptance"
    assert other in peering["accepts"]


async def test_what_balancers_carry(server: Moto) -> None:
    elb = server.client("elbv2")
    places = [net["SubnetId"] for net in nets(server)[:2]]
    arns = {
        kind: elb.create_load_balancer(Name=f"front-{kind[:3]}", Subnets=places, Type=kind)[
            "LoadBalancers"
        ][0]["LoadBalancerArn"]
        for kind in ("application", "network")
    }
    web = arns["application"].partition("loadbalancer/")[2]
    assert web.startswith("app/front-app/")
    for name, value in (
        ("RequestCount", 600.0),
        ("HTTPCode_ELB_5XX_Count", 30.0),
        ("HTTPCode_Target_5XX_Count", 30.0),
        ("TargetResponseTime", 2.5),
    ):
        point(server, "AWS/ApplicationELB", name, "LoadBalancer", web, value)
    net = arns["network"].partition("loadbalancer/")[2]
    point(server, "AWS/NetworkELB", "ActiveFlowCount", "LoadBalancer", net, 7.0)
    rows, uses = await seen(server.target(), traffic.TRAFFIC, idle.BALANCER)
    one = {row["name"]: row for row in rows}
    app = one["front-app"]
    assert (app["type"], app["requests_per_s"], app["latency_s"]) == ("application", 2.0, 2.5)
    assert (app["errors_percent"], app["errors"], app["own_errors"]) == (10.0, 60.0, 30.0)
    assert (one["front-net"]["flows"], one["front-net"]["errors_percent"]) == (7.0, None)
    assert {row["name"]: row["use"] for row in uses} == {"front-app": "used", "front-net": "young"}


async def test_file_systems(server: Moto) -> None:
    efs = server.client("efs")
    ids = [
        efs.create_file_system(CreationToken=token, ThroughputMode=mode)["FileSystemId"]
        for token, mode in (("a", "bursting"), ("b", "elastic"))
    ]
    efs.create_mount_target(FileSystemId=ids[0], SubnetId=nets(server)[0]["SubnetId"])
    for id_ in ids:
        point(server, "AWS/EFS", "BurstCreditBalance", "FileSystemId", id_, 5e10)
    (rows,) = await seen(server.target(), filesystem.FILESYSTEM)
    told = {row["filesystem"]: row for row in rows}
    first, second = (told[id_] for id_ in ids)
    assert (first["reached"], first["targets"], first["credit_bytes"]) == ("mounted", 1, 5e10)
    # One that does not live on credit is not asked for any, though there is a point.
    assert (second["reached"], second["credit_bytes"]) == ("no mount target", None)


async def test_queues_and_their_dead_letters(server: Moto) -> None:
    sqs = server.client("sqs")
    dead = sqs.create_queue(QueueName="orders-dead")["QueueUrl"]
    policy = {
        "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:orders-dead",
        "maxReceiveCount": 3,
    }
    sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": json.dumps(policy)})
    sqs.send_message(QueueUrl=dead, MessageBody="lost")
    (rows,) = await seen(server.target(), queue.QUEUE)
    told = {row["queue"]: row for row in rows}
    assert (told["orders"]["dead_to"], told["orders"]["attempts"]) == ("orders-dead", 3)
    assert told["orders"]["dead"] is None
    assert (told["orders-dead"]["dead"], told["orders-dead"]["sources"]) == (1, 1)
    assert told["orders-dead"]["kind"] == "dead letters"


async def test_buckets(server: Moto) -> None:
    s3 = server.client("s3")
    place = {"LocationConstraint": "eu-west-1"}
    for name in ("shop-open", "shop-held", "shop-safe"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    for name in ("shop-open", "shop-held"):
        s3.put_bucket_acl(Bucket=name, ACL="public-read")
    s3.put_public_access_block(
        Bucket="shop-held",
        PublicAccessBlockConfiguration={"IgnorePublicAcls": True, "RestrictPublicBuckets": True},
    )
    s3.put_bucket_versioning(Bucket="shop-safe", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(
        Bucket="shop-safe",
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
        },
    )
    rows, calls = await seen(server.target(), bucket.BUCKET, CALL)
    told = {row["bucket"]: row for row in rows}
    assert {name: row["exposure"] for name, row in told.items()} == {
        "shop-open": "public",
        "shop-held": "private",
        "shop-safe": "private",
    }
    safe = told["shop-safe"]
    assert (safe["encryption"], safe["versions"]) == ("aws:kms", "enabled")
    assert (told["shop-open"]["encryption"], told["shop-open"]["versions"]) == ("none", "never")
    # What a bucket does not have is an answer, and no refusal.
    mine = [row for row in calls if row["service"] == "s3"]
    assert {row["state"] for row in mine} == {"answered"}
    counted = [row for row in calls if row["operation"] == "get_metric_data"]
    assert {row["region"]: row["requests"] for row in counted} == {
        "eu-west-1": 1,
        "us-east-1": 0,
    }


async def test_budgets_and_images(server: Moto) -> None:
    server.client("budgets", "us-east-1").create_budget(
        AccountId="123456789012",
        Budget={
            "BudgetName": "shop", "BudgetType": "COST", "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "200", "Unit": "USD"},
            "CalculatedSpend": {
                "ActualSpend": {"Amount": "150", "Unit": "USD"},
                "ForecastedSpend": {"Amount": "250", "Unit": "USD"},
            },
        },
    )  # fmt: skip
    ec2 = server.client("ec2")
    ec2.run_instances(ImageId=IMAGE, MinCount=2, MaxCount=2, InstanceType="t3.small")
    (row,), images = await seen(server.target(), budget.BUDGET_PROBE, patch.IMAGE_PROBE)
    assert (row["budget"], row["kind"], row["each"]) == ("shop", "cost", "monthly")
    assert (row["limit"], row["unit"]) == (200.0, "USD")
    assert row["spent_percent"] is not None
    assert [(one["image"], one["instances"]) for one in images] == [(IMAGE, 2)]


def test_everything_is_asked_together() -> None:
    """No call for a series by itself: all go through lists, in calls that hold many."""
    for asked in INTEGRATION.questions.values():
        for call in asked:
            if getattr(call, "operation", "") == "get_metric_data":
                assert getattr(call, "batch", "") == "MetricDataQueries"
                assert getattr(call, "of", None) is not None
                assert getattr(call, "keep", 0.0) >= 60.0
