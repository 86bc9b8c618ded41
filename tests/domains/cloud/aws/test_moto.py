"""A simulated account: all that is shown of it, and everything that can be done in it."""

import json
import time
from collections.abc import Generator
from typing import Any

import pytest

from opsconsole.domains.cloud import instance
from opsconsole.domains.cloud.aws import (
    balancer,
    cost,
    database,
    inventory,
    metric,
    network,
    storage,
    watch,
)
from opsconsole.domains.cloud.aws.action import (
    CLOSE,
    REBOOT,
    REOPEN,
    SNAPSHOT,
    SNAPSHOT_VOLUME,
    START,
    STOP,
    TAG,
    TERMINATE,
    UNTAG,
)
from opsconsole.errors import Lost, Refused, Unsupported
from opsconsole.plan import Thing
from tests.domains.cloud.aws.scene import Operator, seen, thing
from tests.servers.cloud import IDENTITY, IMAGE, Answer, Moto, crooked, moto
from tests.transports.doing import done

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:moto")


class Shop:
    """An account with a bit of everything."""

    def __init__(self, server: Moto) -> None:
        self.server = server
        self.ec2 = server.client("ec2")
        self.to = server.target()
        self.group = self.ec2.create_security_group(GroupName="web", Description="web")["GroupId"]
        self.ec2.authorize_security_group_ingress(
            GroupId=self.group,
            IpPermissions=[
                _rule(22, 22, "0.0.0.0/0"),
                _rule(443, 443, "0.0.0.0/0"),
                _rule(5432, 5432, "10.0.0.0/8"),
                {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
            ],
        )
        self.first, self.second, self.third = self._run(3)
        self.ec2.create_tags(
            Resources=[self.third],
            Tags=[{"Key": "Name", "Value": "db"}, {"Key": "protected", "Value": "yes"}],
        )
        self.volume = self.ec2.create_volume(
            AvailabilityZone="eu-west-1a", Size=100, VolumeType="gp3"
        )["VolumeId"]
        self.ec2.allocate_address(Domain="vpc")

    def _run(self, number: int) -> list[str]:
        found = self.ec2.run_instances(
            ImageId=IMAGE,
            MinCount=number,
            MaxCount=number,
            InstanceType="t3.small",
            SecurityGroupIds=[self.group],
            TagSpecifications=[
                {"ResourceType": "instance", "Tags": [{"Key": "owner", "Value": "shop"}]}
            ],
        )["Instances"]
        return [one["InstanceId"] for one in found]

    def balance(self, *ids: str) -> str:
        """A load balancer with these behind it."""
        elb = self.server.client("elbv2")
        nets = self.ec2.describe_subnets()["Subnets"]
        made = elb.create_load_balancer(Name="front", Subnets=[n["SubnetId"] for n in nets[:2]])
        group = elb.create_target_group(
            Name="behind", Protocol="HTTP", Port=80, VpcId=nets[0]["VpcId"]
        )["TargetGroups"][0]["TargetGroupArn"]
        elb.create_listener(
            LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        elb.register_targets(TargetGroupArn=group, Targets=[{"Id": one} for one in ids])
        return str(group)


def _rule(low: int, high: int, cidr: str) -> dict[str, Any]:
    ranges = [{"CidrIp": cidr, "Description": "for now"}]
    return {"IpProtocol": "tcp", "FromPort": low, "ToPort": high, "IpRanges": ranges}


@pytest.fixture(scope="module")
def shop() -> Generator[Shop, None, None]:
    with moto() as server:
        yield Shop(server)


def one(id_: str) -> Thing:
    return thing(id_, instance=id_)


async def test_the_inventory_is_shown(shop: Shop) -> None:
    rows, (account,), regions, calls = await seen(
        shop.to, inventory.INSTANCE, inventory.ACCOUNT, inventory.REGION, watch.CALL
    )
    mine = {row["instance"]: row for row in rows}
    assert set(mine) == {shop.first, shop.second, shop.third}
    assert mine[shop.third]["name"] == "db"
    assert mine[shop.third]["protected"] is True
    assert mine[shop.first]["owner"] == "shop"
    assert {row["state"] for row in rows} == {"running"}
    assert {row["health"] for row in rows} == {"ok"}
    assert {row["lifecycle"] for row in rows} == {"on-demand"}
    assert {row["region"] for row in rows} == {"eu-west-1"}
    assert all(row["zone"].startswith("eu-west-1") for row in rows)
    assert all(row["age_s"] >= 0 for row in rows)
    assert (account["instances"], account["running"], account["silent"]) == (3, 3, 0)
    assert account["account"] == "123456789012"
    assert {row["region"]: row["state"] for row in regions} == {
        "eu-west-1": "answers",
        "us-east-1": "answers",
    }
    assert {row["operation"] for row in calls} >= {"describe_instances", "get_caller_identity"}
    assert [column.key for column in inventory.INSTANCE.columns][:3] == [
        "instance",
        "name",
        "state",
    ]
    assert set(instance.SHOWN) <= {column.key for column in inventory.INSTANCE.columns}


async def test_disks_doors_and_addresses_are_shown(shop: Shop) -> None:
    volumes, _, doors, addresses = await seen(
        shop.to, storage.VOLUME, storage.SNAPSHOT, network.OPENING, network.ADDRESS
    )
    (loose,) = (row for row in volumes if row["volume"] == shop.volume)
    assert (loose["state"], loose["copy"], loose["size_bytes"]) == (
        "available",
        "never copied",
        100 << 30,
    )
    assert loose["month_usd"] == pytest.approx(8.0)
    assert {row["state"] for row in volumes} == {"available", "in-use"}
    mine = {(row["protocol"], row["ports"]): row for row in doors if row["name"] == "web"}
    assert {key: row["risk"] for key, row in mine.items()} == {
        ("tcp", "22"): "high",
        ("tcp", "443"): "web",
        ("all", "all"): "high",
    }
    ssh = mine["tcp", "22"]
    assert (ssh["what"], ssh["uses"], ssh["says"]) == ("SSH", 3, "for now")
    assert shop.first in ssh["users"]
    assert [row["state"] for row in addresses] == ["unused"]


async def test_databases_alarms_keys_and_metrics_are_shown(shop: Shop) -> None:
    server = shop.server
    server.client("rds").create_db_instance(
        DBInstanceIdentifier="orders", DBInstanceClass="db.t3.small", Engine="postgres",
        AllocatedStorage=20, PubliclyAccessible=True, MasterUsername="u",
        MasterUserPassword="secret99",
    )  # fmt: skip
    watcher = server.client("cloudwatch")
    watcher.put_metric_alarm(
        AlarmName="too hot", Namespace="shop", MetricName="heat", Period=60,
        EvaluationPeriods=1, Threshold=1.0, ComparisonOperator="GreaterThanThreshold",
        Statistic="Average",
    )  # fmt: skip
    watcher.set_alarm_state(AlarmName="too hot", StateValue="ALARM", StateReason="it is")
    dimensions = [{"Name": "InstanceId", "Value": shop.first}]
    watcher.put_metric_data(
        Namespace="AWS/EC2",
        MetricData=[
            {"MetricName": "CPUUtilization", "Dimensions": dimensions, "Value": 42.0,
             "Timestamp": time.time() - 120}
        ],
    )  # fmt: skip
    iam = server.client("iam")
    iam.create_user(UserName="robot")
    iam.create_access_key(UserName="robot")
    (base,), alarms, keys, metrics, costs = await seen(
        shop.to, database.DATABASE, watch.ALARM, watch.KEY, metric.METRIC, cost.COST
    )
    assert (base["database"], base["exposure"], base["state"]) == ("orders", "public", "available")
    assert [(row["name"], row["state"]) for row in alarms] == [("too hot", "alarm")]
    assert [(row["user"], row["state"]) for row in keys] == [("robot", "active")]
    assert {row["instance"]: row["cpu_percent"] for row in metrics}[shop.first] == 42.0
    assert costs == []


async def test_power(shop: Shop) -> None:
    operator = Operator(shop.to)
    assert await operator.looked(STOP, one("i-0123456789abcdef0")) is None
    assert "protected" in await operator.barred(STOP, one(shop.third))
    before = await operator.acted(STOP, one(shop.second))
    assert before["region"] == "eu-west-1"
    undo = STOP.undo(one(shop.second), before, {})
    assert undo is not None
    assert undo.action == START.id
    assert "it is stopped" in await operator.barred(REBOOT, one(shop.second))
    await operator.acted(START, undo.things[0])
    await operator.acted(REBOOT, one(shop.second))
    await operator.way.close()


async def test_the_last_healthy_target_is_left_alone(shop: Shop) -> None:
    group = shop.balance(shop.first)
    (front,), (target,) = await seen(shop.to, balancer.BALANCER, balancer.TARGET)
    assert (front["targets"], front["healthy"], target["last"]) == (1, 1, "last")
    operator = Operator(shop.to)
    assert "last healthy target of behind" in await operator.barred(STOP, one(shop.first))
    assert "last healthy target of behind" in await operator.barred(TERMINATE, one(shop.first))
    shop.server.client("elbv2").register_targets(
        TargetGroupArn=group, Targets=[{"Id": shop.second}]
    )
    assert await operator.barred(STOP, one(shop.first)) == ""
    await operator.way.close()


async def test_a_door_is_closed_and_opened_again(shop: Shop) -> None:
    operator = Operator(shop.to)
    door = thing(shop.group, group=shop.group, protocol="tcp", ports="22", cidr="0.0.0.0/0",
                 region="eu-west-1")  # fmt: skip
    before = await operator.acted(CLOSE, door)
    assert shop.first in before["users"]
    assert "no such rule" in await operator.barred(CLOSE, door)
    undo = CLOSE.undo(door, before, {})
    assert undo is not None
    assert undo.arguments == {"rule": "tcp 22 0.0.0.0/0", "says": "for now"}
    assert dict(undo.things[0].pins) == {"group": shop.group, "region": "eu-west-1"}
    before = await operator.acted(REOPEN, undo.things[0], undo.arguments)
    assert "it is there" in await operator.barred(REOPEN, undo.things[0], undo.arguments)
    back = REOPEN.undo(undo.things[0], before, undo.arguments)
    assert back is not None
    assert dict(back.things[0].pins) == dict(door.pins)
    rows = (await seen(shop.to, network.OPENING))[0]
    assert ("22", "for now") in {(row["ports"], row["says"]) for row in rows}
    everything = thing(shop.group, group=shop.group, protocol="all", ports="all", cidr="::/0")
    await operator.acted(CLOSE, everything)
    with pytest.raises(Refused, match="2 open rules"):
        await operator.looked(CLOSE, thing(shop.group, group=shop.group))
    await operator.way.close()


async def test_tags(shop: Shop) -> None:
    operator = Operator(shop.to)
    said = {"key": "owner", "value": "<b>[red]café"}
    before = await operator.acted(TAG, one(shop.first), said)
    undo = TAG.undo(one(shop.first), before, said)
    assert undo is not None
    assert (undo.action, undo.arguments) == (TAG.id, {"key": "owner", "value": "shop"})
    await operator.acted(UNTAG, one(shop.first), {"key": "owner"})
    assert "no tag" in await operator.barred(UNTAG, one(shop.first), {"key": "owner"})
    assert "elsewhere" in await operator.barred(TAG, one(shop.first), {"key": "Protected"})
    await operator.way.close()


async def test_copies_come_before_an_end(shop: Shop) -> None:
    operator = Operator(shop.to)
    await operator.acted(SNAPSHOT_VOLUME, thing(shop.volume, volume=shop.volume))
    (rows,) = await seen(shop.to, storage.VOLUME)
    assert {row["volume"]: row["copy"] for row in rows}[shop.volume] == "copied"
    doomed = one(shop.second)
    assert "without a snapshot" in await operator.barred(TERMINATE, doomed)
    assert await operator.barred(TERMINATE, doomed, {"without-snapshot": "yes"}) == ""
    await operator.acted(SNAPSHOT, doomed)
    shop.ec2.modify_instance_attribute(
        InstanceId=shop.second, DisableApiTermination={"Value": True}
    )
    assert "termination protection" in await operator.barred(TERMINATE, doomed)
    shop.ec2.modify_instance_attribute(
        InstanceId=shop.second, DisableApiTermination={"Value": False}
    )
    before = await operator.acted(TERMINATE, doomed)
    assert before["volumes that go"].startswith("vol-")
    assert "it is terminated" in await operator.barred(TERMINATE, doomed)
    await operator.way.close()


async def test_words_that_are_no_call_are_refused(shop: Shop) -> None:
    operator = Operator(shop.to)
    for words in (("ec2",), ("ec2", "stop instances", "eu-west-1", "{}"), ("ec2", "a", "b", "[1]")):
        with pytest.raises(Refused, match="is no call"):
            await done(operator.way, shop.to, *words)
    calls = json.dumps([{"service": "ec2", "operation": "stop_instances"}])
    with pytest.raises(Refused, match="does not only read"):
        await done(operator.way, shop.to, "ask", "all", calls)
    status, out = await done(
        operator.way, shop.to, "ec2", "stop_instances", "eu-west-1", '{"InstanceIds": ["i-0"]}'
    )
    assert status == 1
    assert out.startswith(b"InvalidInstanceID")
    await operator.way.close()


async def test_a_call_whose_answer_is_lost_is_made_once() -> None:
    def say(operation: str, region: str) -> Answer:
        return IDENTITY if operation == "GetCallerIdentity" else (200, b"<not whole")

    async with crooked(say) as crook:
        operator = Operator(crook.target())
        words = ("ec2", "stop_instances", "eu-west-1", '{"InstanceIds": ["i-0"]}')
        with pytest.raises(Lost, match="whether it was done is not known"):
            await done(operator.way, operator.to, *words)
        assert [name for name, _ in crook.calls].count("StopInstances") == 1
        with pytest.raises(Unsupported):
            await done(operator.way, operator.to, "ec2", "stop_instances", "eu-west-1", "{}")
        await operator.way.close()
