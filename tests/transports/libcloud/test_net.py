"""What is open, which addresses are held, how much of a quota is used: asked of five providers.

Groups, rules and addresses of OpenStack, a group and its rules of Alibaba and an address of Azure
are recorded; the rest is in the shape of the manuals.
"""

from pathlib import Path

from opsconsole.domains.cloud.provider import INTEGRATION, net
from opsconsole.errors import Unsupported
from opsconsole.transports.libcloud import LibcloudTransport
from tests.domains.database.redis.scene import Table, table
from tests.servers.azure import azure
from tests.servers.google import google
from tests.servers.providers import aliyun, digitalocean, openstack, provider
from tests.servers.sampler import Heard
from tests.transports.libcloud.scene import AZURE, STACK, key_file, seen


def doors(rows: Table) -> set[tuple[str, ...]]:
    return {(row["name"], row["protocol"], row["ports"], row["cidr"], row["risk"]) for row in rows}


async def test_openstack(recordings: Path) -> None:
    opened, addresses, quotas = await seen("openstack", openstack(recordings), *net.PROBES, **STACK)
    assert doors(opened) == {("ftp", "tcp", "20-21", "0.0.0.0/0", "other")}
    assert {row["state"] for row in addresses} >= {"unused"}
    assert {row["quota"]: row["used_percent"] for row in quotas} == {"cores": 95.0, "volumes": 20.0}
    assert {row["region"] for row in quotas} == {"RegionOne"}


async def test_azure(recordings: Path) -> None:
    opened, addresses, quotas = await seen("azure", azure(recordings), *net.PROBES, **AZURE)
    assert doors(opened) == {
        (name, "tcp", port, "0.0.0.0/0", risk)
        for name in ("web", "spare")
        for port, risk in (("22", "high"), ("80", "web"), ("443", "web"))
    }
    assert {(row["group"], row["uses"]) for row in opened} == {("shop/web", 3), ("shop/spare", 3)}
    assert {row["name"]: (row["state"], row["used_by"]) for row in addresses} == {
        "testDNS-ip": ("used", "testDNS649"),
        "loose": ("unused", ""),
    }
    assert [(row["quota"], row["region"], row["used_percent"]) for row in quotas] == [
        ("Total Regional vCPUs", "eastus", 90.0)
    ]


async def test_what_nobody_can_ask_for_is_no_refusal(recordings: Path) -> None:
    from opsconsole.domains.cloud.provider.probe import CALL

    transport, heard = LibcloudTransport(), Heard()
    async with provider(aliyun(recordings)) as server:
        to = server.target("aliyun", regions="cn-qingdao")
        session = await transport.open(to, INTEGRATION.questions, 1.0, heard)
        session.ask("quota")
        await heard.until(lambda all_: len(all_.answers) == 1, 60)
        assert isinstance(heard.answers[0].error, Unsupported)
        session.ask("calls")
        await heard.until(lambda all_: len(all_.answers) == 2, 60)
        await session.close()
        await transport.close()
    states = {row["operation"]: row["state"] for row in table(CALL, heard.answers[-1].payload)}
    assert states["list_quotas"] == "answered"


async def test_alibaba(recordings: Path) -> None:
    opened, addresses = await seen(
        "aliyun", aliyun(recordings), net.OPENING, net.ADDRESS, regions="cn-qingdao"
    )
    assert opened == []  # the recorded rule lets one network in
    assert {row["address"]: row["state"] for row in addresses} == {
        "203.0.113.4": "used",
        "203.0.113.5": "unused",
    }


async def test_digitalocean() -> None:
    opened, addresses, quotas = await seen("digitalocean", digitalocean(), *net.PROBES)
    assert doors(opened) == {
        ("web", "tcp", "22", "0.0.0.0/0", "high"),
        ("web", "tcp", "22", "::/0", "high"),
    }
    assert {row["uses"] for row in opened} == {2}
    assert [(row["state"], row["region"]) for row in addresses] == [("unused", "nyc3")]
    assert {row["quota"]: row["used_percent"] for row in quotas} == {
        "droplets": 8.0,
        "reserved ips": 20.0,
    }


async def test_google(tmp_path: Path) -> None:
    opened, addresses, quotas = await seen(
        "gce", google(), *net.PROBES, key_file=key_file(tmp_path)
    )
    assert {(row["group"], row["protocol"], row["ports"], row["risk"]) for row in opened} == {
        ("web", "tcp", "443", "web"),
        ("web", "tcp", "3000-4000", "high"),
        ("all", "all", "all", "high"),
    }
    assert {row["name"]: row["used_by"] for row in addresses} == {"free": "", "taken": "api-1"}
    assert {(row["quota"], row["region"]): row["used"] for row in quotas} == {
        ("NETWORKS", ""): 1.0,
        ("CPUS", "europe-west1"): 23.0,
    }
