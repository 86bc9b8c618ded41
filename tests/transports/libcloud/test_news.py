"""How instances are and what was changed, where that is told; in the shape of the manuals."""

from pathlib import Path

import pytest

from opsconsole.domains.cloud.provider.change import CHANGE
from opsconsole.domains.cloud.provider.probe import ACCOUNT, CALL, INSTANCE
from opsconsole.errors import Unsupported
from tests.servers.azure import azure
from tests.servers.google import google
from tests.servers.providers import aliyun, digitalocean, openstack
from tests.transports.libcloud.scene import AZURE, STACK, key_file, seen

TEN = 1_763_978_400.0
"""2025-11-24 10:00 UTC."""


async def test_azure(recordings: Path) -> None:
    nodes, (whole,), changes = await seen(
        "azure", azure(recordings), INSTANCE, ACCOUNT, CHANGE, **AZURE
    )
    assert [(row["instance"], row["health"], row["event"]) for row in nodes] == [
        ("000000/test-node-1", "degraded", "")
    ]
    assert (whole["impaired"], whole["planned"]) == (1, 0)
    assert [(row["at"], row["who"], row["did"], row["state"], row["thing"]) for row in changes] == [
        (TEN + 120.123, "ann@example", "Microsoft.Compute/virtualMachines/deallocate/action",
         "done", "shop/web")
    ]  # fmt: skip


async def test_alibaba(recordings: Path) -> None:
    (node,), (whole,) = await seen(
        "aliyun", aliyun(recordings), INSTANCE, ACCOUNT, regions="cn-qingdao"
    )
    assert (node["health"], node["event"]) == ("impaired", "SystemMaintenance.Reboot")
    assert node["event_at"] == TEN + 6 * 86400 + 14 * 3600
    assert (whole["impaired"], whole["planned"], whole["events"]) == (1, 1, 0)
    assert (node["owner"], node["protected"]) == ("shop", True)
    assert whole["unowned_percent"] == 0
    with pytest.raises(Unsupported, match="cannot do that there"):
        await seen("aliyun", aliyun(recordings), CHANGE, regions="cn-qingdao")


async def test_digitalocean() -> None:
    nodes, changes = await seen("digitalocean", digitalocean(), INSTANCE, CHANGE)
    assert {row["health"] for row in nodes} == {""}
    assert [(row["did"], row["state"], row["thing"], row["region"]) for row in changes] == [
        ("power_off", "failed", "droplet 1", "nyc3")
    ]


async def test_google(tmp_path: Path) -> None:
    (changes,) = await seen("gce", google(), CHANGE, key_file=key_file(tmp_path))
    assert [(row["did"], row["state"], row["thing"], row["at"]) for row in changes] == [
        ("insert", "failed", "firewalls/web", TEN),
        ("stop", "done", "instances/api-1", TEN - 3600),
    ]
    assert {row["who"] for row in changes} == {"ann@example"}


async def test_a_provider_that_tells_nothing_is_asked_nothing(recordings: Path) -> None:
    nodes, calls = await seen("openstack", openstack(recordings), INSTANCE, CALL, **STACK)
    assert {row["health"] for row in nodes} == {""}
    requests = {row["operation"]: row["requests"] for row in calls}
    assert requests["list_nodes"] > 0
    assert not requests.get("list_health")
    assert not requests.get("list_tags")
