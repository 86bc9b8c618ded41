"""A simulated account: types, tokens, volumes that go, quotas that are asked for."""

import json
import time
from collections.abc import Generator
from typing import Any

import pytest

from opsconsole.domains.cloud.aws.action import (
    DELETE_VOLUME,
    RAISE_QUOTA,
    RELAX_TOKENS,
    REQUIRE_TOKENS,
    RESIZE,
    SNAPSHOT_VOLUME,
    STOP,
)
from opsconsole.errors import Refused
from opsconsole.spec import Liftable
from tests.domains.cloud.aws.scene import Operator, thing
from tests.servers.cloud import IMAGE, Moto, mended, moto

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:moto")


@pytest.fixture(scope="module")
def server() -> Generator[Moto, None, None]:
    with moto() as found:
        yield found


def run(server: Moto) -> str:
    made = server.client("ec2").run_instances(
        ImageId=IMAGE, MinCount=1, MaxCount=1, InstanceType="t3.small"
    )
    return str(made["Instances"][0]["InstanceId"])


async def test_another_type(server: Moto) -> None:
    id_ = run(server)
    one, said = thing(id_, instance=id_), {"type": "t3.large"}
    operator = Operator(server.target())
    assert "`aws.stop` first" in await operator.barred(RESIZE, one, said)
    await operator.acted(STOP, one)
    assert "t3.small already" in await operator.barred(RESIZE, one, {"type": "t3.small"})
    before = await operator.acted(RESIZE, one, said)
    undo = RESIZE.undo(one, before, said)
    assert undo is not None
    assert (undo.action, undo.arguments) == (RESIZE.id, {"type": "t3.small"})
    now = await operator.looked(RESIZE, one)
    assert now is not None
    assert now["type"] == "t3.large"
    with pytest.raises(Refused, match="has no x9"):
        await operator.rehearsed(RESIZE, one, now, {"type": "x9.huge"})
    (argument,) = RESIZE.arguments
    assert [bool(argument.check(text)) for text in ("t3.large", "", "t3", "a b.c")] == [
        *(False, False, True, True),
    ]
    await operator.way.close()


async def test_tokens(server: Moto) -> None:
    """The simulation obeys a call that should only be tried, so that this is not tried here."""
    id_ = run(server)
    one = thing(id_, instance=id_, region="eu-west-1")
    operator = Operator(server.target())
    server.client("cloudwatch").put_metric_data(
        Namespace="AWS/EC2",
        MetricData=[
            {
                "MetricName": "MetadataNoToken",
                "Dimensions": [{"Name": "InstanceId", "Value": id_}],
                "Value": 3.0,
                "Timestamp": time.time() - 3600,
            }
        ],
    )
    why = await operator.barred(REQUIRE_TOKENS, one)
    assert "without a token 3 times" in why
    assert isinstance(why, Liftable)
    anyway = {"although-used": "yes"}
    before = await operator.acted(REQUIRE_TOKENS, one, anyway, tried=False)
    assert "required already" in await operator.barred(REQUIRE_TOKENS, one)
    undo = REQUIRE_TOKENS.undo(one, before, anyway)
    assert undo is not None
    assert undo.action == RELAX_TOKENS.id
    await operator.acted(RELAX_TOKENS, undo.things[0], tried=False)
    for action in (REQUIRE_TOKENS, RELAX_TOKENS):
        assert callable(action.preview)
        assert json.loads(action.preview(one, {})[3])["DryRun"] is True
    other = run(server)
    assert await operator.barred(REQUIRE_TOKENS, thing(other, instance=other)) == ""
    await operator.way.close()


async def test_a_volume_goes_after_its_copy(server: Moto) -> None:
    ec2 = server.client("ec2")
    made = [
        ec2.create_volume(AvailabilityZone="eu-west-1a", Size=8, VolumeType="gp3")["VolumeId"]
        for _ in range(2)
    ]
    ec2.create_tags(Resources=made[1:], Tags=[{"Key": "protected", "Value": "yes"}])
    operator = Operator(server.target())
    loose, kept = (thing(id_, volume=id_, region="eu-west-1") for id_ in made)
    used = ec2.describe_instances(Filters=[{"Name": "instance-id", "Values": [run(server)]}])[
        "Reservations"
    ][0]["Instances"][0]["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    assert "in-use by i-" in await operator.barred(DELETE_VOLUME, thing(used, volume=used))
    assert "`protected`" in await operator.barred(DELETE_VOLUME, kept)
    why = await operator.barred(DELETE_VOLUME, loose)
    assert "aws.snapshot-volume" in why
    assert isinstance(why, Liftable)
    assert await operator.barred(DELETE_VOLUME, loose, {"without-snapshot": "yes"}) == ""
    await operator.acted(SNAPSHOT_VOLUME, loose)
    before = await operator.acted(DELETE_VOLUME, loose)
    assert before["last whole snapshot"].startswith("snap-")
    assert before["last whole snapshot"] in DELETE_VOLUME.effect(loose, before, {})
    assert await operator.looked(DELETE_VOLUME, loose) is None
    await operator.way.close()


async def test_more_is_asked_for(server: Moto) -> None:
    """Quotas and requests are made: the simulation has none that can be raised."""
    quota = {"ServiceCode": "ec2", "QuotaCode": "L-1", "QuotaName": "vCPUs", "Value": 33.0,
             "Adjustable": True}  # fmt: skip
    requests: list[dict[str, Any]] = [
        {"Id": "r-0", "Status": "APPROVED", "DesiredValue": 33.0, "CaseId": "1"}
    ]

    def ask(asked: dict[str, Any]) -> dict[str, Any]:
        requests.append({"Id": "r-1", "Status": "PENDING", "DesiredValue": asked["DesiredValue"]})
        return {"RequestedQuota": requests[-1]}

    def one_quota(_asked: dict[str, Any]) -> dict[str, Any]:
        return {"Quota": quota}

    made = {
        "GetServiceQuota": one_quota,
        "ListRequestedServiceQuotaChangeHistoryByQuota": {"RequestedQuotas": requests},
        "RequestServiceQuotaIncrease": ask,
    }
    assert RAISE_QUOTA.named is not None
    assert RAISE_QUOTA.named("ec2/L-1") == (("service", "ec2"), ("code", "L-1"))
    one = thing("vCPUs", code="L-1", service="ec2", region="eu-west-1")
    async with mended(server, made) as front:
        operator = Operator(front.target("eu-west-1"))
        assert "not more" in await operator.barred(RAISE_QUOTA, one, {"to": "33"})
        await operator.acted(RAISE_QUOTA, one)
        assert requests[-1]["DesiredValue"] == 42.0  # a quarter more, rounded up
        assert "42.0 (PENDING)" in await operator.barred(RAISE_QUOTA, one)
        quota["Adjustable"] = False
        assert "does not raise" in await operator.barred(RAISE_QUOTA, one)
        await operator.way.close()
    (argument,) = RAISE_QUOTA.arguments
    assert [bool(argument.check(text)) for text in ("", "40", "-1", "many")] == [
        *(False, False, True, True),
    ]
