"""Five providers say the same by the same verbs; what goes wrong is told, and nothing leaks."""

import contextlib
import json
import sys
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from opsconsole import cloud
from opsconsole.errors import Denied, Lost, Malformed, Refused, Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Session
from opsconsole.question import CloudCall, Questions, parted
from opsconsole.transports.libcloud import LibcloudTransport, wire
from tests.servers.azure import azure
from tests.servers.google import google
from tests.servers.providers import (
    Said,
    Say,
    aliyun,
    digitalocean,
    keystone,
    openstack,
    provider,
)
from tests.servers.sampler import Heard
from tests.transports.doing import done

ASK: Questions = {
    "nodes": (CloudCall("compute", "list_nodes"),),
    "disks": (CloudCall("compute", "list_volumes"), CloudCall("compute", "list_snapshots")),
    "calls": (CloudCall("opsconsole", "calls"),),
}
STACK = {"auth_url": "http://keystone.example:5000", "project": "lab", "regions": "RegionOne"}
AZURE = {
    "tenant": "77777777-7777-7777-7777-777777777777",
    "project": "99999999-9999-9999-9999-999999999999",
}


@contextlib.asynccontextmanager
async def opened(to: Target) -> AsyncGenerator[tuple[Session, Heard], None]:
    transport, heard = LibcloudTransport(), Heard()
    try:
        session = await transport.open(to, ASK, 1.0, heard)
        try:
            yield session, heard
        finally:
            await session.close()
    finally:
        await transport.close()


async def read(session: Session, heard: Heard, exchange: str) -> list[list[Any]]:
    """Items of the only region, for each call."""
    number = len(heard.answers)
    session.ask(exchange)
    await heard.until(lambda all_: len(all_.answers) > number, 60)
    said = heard.answers[-1]
    assert said.error is None, said.error
    readings = [cloud.reading(part.body) for part in parted(said.payload, len(ASK[exchange]))]
    assert not any(reading.errors for reading in readings)
    return [[msgspec.json.decode(i) for one in r.regions for i in one.items] for r in readings]


async def nodes(name: str, say: Say, **settings: object) -> list[Any]:
    async with provider(say) as server, opened(server.target(name, **settings)) as (session, heard):
        (found,) = await read(session, heard, "nodes")
        (counts,) = await read(session, heard, "calls")
        assert sum(one["requests"] for one in counts) == len(server.calls)
        assert session.traffic[0] > 0
        return found


async def test_openstack(recordings: Path) -> None:
    found = await nodes("openstack", openstack(recordings), **STACK)
    assert [(one["name"], one["state"]) for one in found] == [
        ("lc-test-2", "pending"),
        ("lc-test", "running"),
    ]
    assert found[0]["extra"]["flavorId"] == "2"


async def test_azure(recordings: Path) -> None:
    (one,) = await nodes("azure", azure(recordings), **AZURE)
    assert (one["name"], one["private"], one["extra"]["location"]) == (
        "test-node-1",
        ["10.0.0.1"],
        "eastus",
    )
    assert "osProfile" not in one["extra"]["properties"]
    assert one["id"] == "000000/test-node-1"
    async with provider(azure(recordings)) as server:
        to, way = server.target("azure", **AZURE), LibcloudTransport()
        calls = cloud.written((CloudCall("compute", "get_node", {"id": one["id"]}),))
        _, out = await done(way, to, "ask", "all", calls)
        assert [region.error for region in cloud.reading(out).errors] == []
        assert b"test-node-1" in out
        missing = cloud.written((CloudCall("compute", "get_node", {"id": "000000/none"}),))
        _, out = await done(way, to, "ask", "eastus", missing)
        assert cloud.reading(out).regions[0].items == []
        await way.close()


async def test_alibaba(recordings: Path) -> None:
    found = await nodes("aliyun", aliyun(recordings), regions="cn-qingdao")
    assert {(one["id"], one["extra"]["instance_type"]) for one in found} == {
        ("i-28n7dkvov", "ecs.t1.small")
    }


async def test_digitalocean_reads_all_pages() -> None:
    found = await nodes("digitalocean", digitalocean(3))
    assert [one["id"] for one in found] == ["1", "2", "3"]
    assert found[0]["price"] == pytest.approx(0.01)


async def test_google_signs_in_and_writes_nothing_down(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = tmp_path / "key.json"
    said = {"client_email": "ops@lab", "private_key": key.decode(), "project_id": "lab"}
    file.write_text(json.dumps(said))
    (tmp_path / "home").mkdir()
    (one,) = await nodes("gce", google(), key_file=str(file))
    assert (one["name"], one["public"], one["extra"]["zone"]) == (
        "api-1",
        ["198.51.100.7"],
        "europe-west1-b",
    )
    assert "a secret of theirs" not in json.dumps(one)
    assert list((tmp_path / "home").iterdir()) == []


async def test_volumes_and_snapshots(recordings: Path) -> None:
    async with (
        provider(openstack(recordings)) as server,
        opened(server.target("openstack", **STACK)) as (session, heard),
    ):
        volumes, snapshots = await read(session, heard, "disks")
        assert len(volumes) == 2
        assert {one["state"] for one in snapshots} == {"available"}
        assert volumes[0]["id"] in {one["volume"] for one in snapshots}


@pytest.mark.parametrize(
    ("status", "kind"), [(403, Denied), (429, Unreachable), (503, Unreachable), (302, Malformed)]
)
async def test_a_refusal_concerns_the_exchange(status: int, kind: type[Exception]) -> None:
    def say(_method: str, _path: str, _query: dict[str, str], _body: bytes) -> Said:
        return status, {"id": "no", "message": "the secret is simulated"}

    async with provider(say) as server, opened(server.target("digitalocean")) as (session, heard):
        session.ask("nodes")
        await heard.until(lambda all_: len(all_.answers) == 1, 60)
        error = heard.answers[0].error
        assert type(error) is kind
        assert "simulated" not in str(error)
        assert len(server.calls) == 1, "no redirect is followed, nothing is tried again"


async def test_an_account_that_is_not_let_in_ends_the_session() -> None:
    def say(_method: str, _path: str, _query: dict[str, str], _body: bytes) -> Said:
        return 401, {"id": "unauthorized", "message": "no"}

    async with provider(say) as server, opened(server.target("digitalocean")) as (session, _):
        session.ask("nodes")
        with pytest.raises(Denied):
            await session.ended()


def _has(number: int, heard: Heard) -> bool:
    return len(heard.answers) == number


async def test_answers_that_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LIMIT", 1 << 16)
    bodies = [b"{", b"<html>", json.dumps({"droplets": 7}).encode(), b" " * (1 << 18)]

    def say(_method: str, _path: str, _query: dict[str, str], _body: bytes) -> Said:
        return 200, bodies[len(server.calls) - 1]

    async with provider(say) as server, opened(server.target("digitalocean")) as (session, heard):
        for number in range(len(bodies)):
            session.ask("nodes")
            await heard.until(partial(_has, number + 1), 60)
            assert isinstance(heard.answers[-1].error, Malformed)


async def test_what_the_provider_s_own_tools_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "home" / ".config" / "openstack"
    place.mkdir(parents=True)
    (place / "clouds.yaml").write_text(
        "clouds:\n  lab:\n    region_name: R1\n    auth:\n      auth_url: http://k.example:5000/v3\n"
        "      username: u\n      password: of-clouds-yaml\n      project_name: p\n"
    )

    def say(_method: str, path: str, _query: dict[str, str], body: bytes) -> Said:
        heard_.append(body)
        return (201, keystone("R1")) if "tokens" in path else (200, {"servers": []})

    heard_: list[bytes] = []
    async with provider(say) as server:
        bare = Target("lab", "cloud", "libcloud", settings={
            "provider": "openstack", "endpoint": server.web.url, "profile": "lab"})  # fmt: skip
        async with opened(bare) as (session, heard):
            assert await read(session, heard, "nodes") == [[]]
    assert b"of-clouds-yaml" in heard_[0]
    monkeypatch.setenv("DIGITALOCEAN_ACCESS_TOKEN", "of-the-environment")
    async with provider(digitalocean()) as server:
        bare = Target("lab", "cloud", "libcloud", settings={
            "provider": "digitalocean", "endpoint": server.web.url})  # fmt: skip
        async with opened(bare) as (session, heard):
            await read(session, heard, "nodes")
        assert server.web.asked[0].headers["authorization"] == "Bearer of-the-environment"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"provider": "azure"}, "azure needs `tenant` or AZURE_TENANT_ID"),
        ({"provider": "gce", "key_file": "/nowhere"}, "is no key of a service account"),
        ({"provider": "openstack", "profile": "none"}, "no cloud 'none'"),
        ({"provider": "moon"}, "no provider 'moon'"),
    ],
)
async def test_what_is_missing_is_named(settings: dict[str, object], said: str) -> None:
    with pytest.raises(Unsupported, match=said):
        async with opened(Target("lab", "cloud", "libcloud", settings=settings)):
            pass


async def test_the_library_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "opsconsole.transports.libcloud.pool", raising=False)
    monkeypatch.setitem(sys.modules, "opsconsole.transports.libcloud.chain", None)
    with pytest.raises(Unsupported) as caught:
        async with opened(Target("lab", "cloud", "libcloud")):
            pass
    assert caught.value.remedy == "pip install 'opsconsole[cloud]'"


async def test_words_and_lost_answers() -> None:
    async with provider(digitalocean()) as server:
        to, way = server.target("digitalocean"), LibcloudTransport()
        for words in (("compute",), ("compute", "list_nodes", "", "{}"), ("a", "b", "c", "d")):
            with pytest.raises(Refused, match="is no call"):
                await done(way, to, *words)
        status, out = await done(way, to, "compute", "stop_node", "", '{"node": "77"}')
        assert (status, out) == (1, b"there is no instance 77")
        usual = server.say

        def cut(method: str, path: str, query: dict[str, str], body: bytes) -> Said:
            return (200, b"{") if method == "POST" else usual(method, path, query, body)

        server.say = cut
        with pytest.raises(Lost, match="whether it was done is not known"):
            await done(way, to, "compute", "stop_node", "", '{"node": "1"}')
        assert sum(call.startswith("POST") for call in server.calls) == 1
        await way.close()
