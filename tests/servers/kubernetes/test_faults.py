"""What the fake does wrong on command, and only then."""

import asyncio
import gzip
from collections.abc import AsyncGenerator, Generator

import aiohttp
import msgspec
import pytest
from yarl import URL

from tests.servers.kubernetes import ADMIN, Kubernetes, kubernetes
from tests.servers.kubernetes.client import TABLE, Client, client
from tests.servers.kubernetes.refusal import Json
from tests.servers.kubernetes.waiting import eventually

MAPS = "/api/v1/namespaces/default/configmaps"
PODS = "/api/v1/namespaces/default/pods"


@pytest.fixture(scope="module")
def server() -> Generator[Kubernetes, None, None]:
    """In a process of its own, as benchmarks use it."""
    with kubernetes(process=True, ring=20) as found:
        yield found


@pytest.fixture
async def asked(server: Kubernetes) -> AsyncGenerator[Client, None]:
    async with client(server.base_url) as found:
        yield found
        server.control("heal")
        server.control("user", token=ADMIN, name="admin", rules=[
            {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
            {"verbs": ["*"], "nonResourceURLs": ["*"]},
        ])  # fmt: skip


def bump(server: Kubernetes, times: int = 1) -> None:
    """One more event of a ConfigMap."""
    for _ in range(times):
        rv = server.control("rv")
        name = "bumped"
        if server.control("count", of="configmaps", namespace="default") == 0:
            server.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}})
        else:
            server.change("configmaps", "default", name, {"data": {"rv": str(rv)}})


async def test_statuses_come_as_often_as_told(server: Kubernetes, asked: Client) -> None:
    server.control("fault", what="status", code=429, retry_after=7, path="configmaps")
    server.control("fault", what="status", code=429, path="configmaps")
    server.control("fault", what="status", code=503, path="configmaps", times=2)
    replies = [await asked.get(MAPS) for _ in range(5)]
    assert [each.status for each in replies] == [429, 429, 503, 503, 200]
    assert [each.headers.get("Retry-After") for each in replies[:2]] == ["7", None]
    assert replies[0].body["details"] == {"retryAfterSeconds": 7}
    assert replies[1].body["reason"] == "TooManyRequests"


async def test_answers_that_never_come_whole(server: Kubernetes, asked: Client) -> None:
    server.control("fault", what="reset", path="configmaps", times=-1)  # aiohttp tries again
    with pytest.raises(aiohttp.ClientError):
        await asked.get(MAPS)
    server.control("heal")
    server.control("fault", what="half", path="configmaps")
    with pytest.raises(aiohttp.ClientPayloadError):
        await asked.get(MAPS)
    server.control("fault", what="slow", path="configmaps", delay=30.0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asked.get(MAPS), 0.2)
    assert (await asked.get(MAPS)).status == 200


async def test_a_token_expires(server: Kubernetes, asked: Client) -> None:
    server.control("expire", token=ADMIN, after=1)
    assert [(await asked.get(MAPS)).status for _ in range(3)] == [200, 401, 401]


async def _opened(server: Kubernetes) -> int:
    return int(await eventually(lambda: len(server.control("watches"))))


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ("gone", [b'"code":410', b""]),
        ("error", [b'"code":500', b""]),
        ("garbage", [b"502 Bad Gateway", b""]),
        ("end", [b""]),
    ],
)
async def test_a_watch_breaks(
    what: str, lines: list[bytes], server: Kubernetes, asked: Client
) -> None:
    rv = server.control("rv")
    async with asked.watch(f"{MAPS}?watch=1&resourceVersion={rv}") as watch:
        await _opened(server)
        assert server.control("break", what=what, path="configmaps") == 1
        for line in lines:
            said = await watch.line()
            assert line in said if line else said == b""
    await eventually(lambda: server.control("watches") == [])


async def test_a_line_comes_in_two_parts(server: Kubernetes, asked: Client) -> None:
    rv = server.control("rv")
    async with asked.watch(f"{MAPS}?watch=1&resourceVersion={rv}") as watch:
        await _opened(server)
        server.control("break", what="cut", delay=-1)
        bump(server)
        chunk = await watch.response.content.readany()
        assert chunk
        assert not chunk.endswith(b"\n")
        server.control("heal")
        rest = await watch.line()
        assert msgspec.json.decode(chunk + rest)["type"] in {"ADDED", "MODIFIED"}
        bump(server)
        assert (await watch.event())["type"] == "MODIFIED"


async def test_half_a_line_is_the_last(server: Kubernetes, asked: Client) -> None:
    rv = server.control("rv")
    async with asked.watch(f"{MAPS}?watch=1&resourceVersion={rv}") as watch:
        await _opened(server)
        server.control("break", what="half")
        bump(server)
        line = await watch.line()
        assert line.startswith(b'{"type":"')
        assert not line.endswith(b"\n")
        assert await watch.line() == b""


async def test_a_stalled_watch_says_nothing_until_it_is_healed(
    server: Kubernetes, asked: Client
) -> None:
    rv = server.control("rv")
    query = f"watch=1&resourceVersion={rv}&timeoutSeconds=600"
    async with asked.watch(f"{MAPS}?{query}") as watch:
        await _opened(server)
        server.control("break", what="stall")
        bump(server)
        with pytest.raises(TimeoutError):
            await watch.line(0.2)
        server.control("heal")
        assert (await watch.event())["type"] in {"ADDED", "MODIFIED"}


async def test_a_reset_watch_is_no_clean_end(server: Kubernetes, asked: Client) -> None:
    rv = server.control("rv")
    async with asked.watch(f"{MAPS}?watch=1&resourceVersion={rv}") as watch:
        await _opened(server)
        server.control("break", what="reset")
        with pytest.raises(aiohttp.ClientError):
            await watch.line()


async def test_a_fault_waits_for_the_next_watch(server: Kubernetes, asked: Client) -> None:
    server.control("fault", what="gone", path="configmaps", watch=True, after=1)
    bump(server)
    async with asked.watch(f"{MAPS}?watch=1") as watch:
        types = [each["type"] for each in await watch.rest()]
    assert types[-1] == "ERROR"
    assert len(types) == 2


async def test_what_the_ring_no_longer_holds_is_gone(server: Kubernetes, asked: Client) -> None:
    bump(server)
    rv = server.control("rv")
    bump(server, 21)
    async with asked.watch(f"{MAPS}?watch=1&resourceVersion={rv}") as watch:
        assert watch.response.status == 200
        (error,) = await watch.rest()
    assert error["object"]["code"] == 410
    assert error["object"]["message"].startswith(f"too old resource version: {rv} (")
    async with asked.watch(f"{MAPS}?watch=1&resourceVersion={rv + 1}&timeoutSeconds=1") as watch:
        assert len(await watch.rest()) == 20


async def test_a_restart_keeps_versions_and_forgets_events(
    server: Kubernetes, asked: Client
) -> None:
    bump(server, 3)
    first = (await asked.get(f"{MAPS}?limit=1")).body["metadata"]
    server.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "zz"}})
    page = (await asked.get(f"{MAPS}?limit=1")).body["metadata"]
    async with asked.watch(f"{MAPS}?watch=1&resourceVersion={first['resourceVersion']}") as watch:
        await watch.event()
        server.control("restart")
        with pytest.raises(aiohttp.ClientError):
            await watch.line()
    async with asked.watch(f"{MAPS}?watch=1&resourceVersion={first['resourceVersion']}") as watch:
        assert (await watch.event())["object"]["code"] == 410
    expired = await asked.get(f"{MAPS}?limit=1&continue={page['continue']}")
    assert (expired.status, expired.body["reason"]) == (410, "Expired")
    token = expired.body["metadata"]["continue"]
    rest = (await asked.get(f"{MAPS}?continue={token}")).body
    assert [each["metadata"]["name"] for each in rest["items"]] == ["zz"]
    assert int(rest["metadata"]["resourceVersion"]) >= int(page["resourceVersion"])
    server.control("remove", of="configmaps", namespace="default", name="zz")


async def test_it_falls_and_rises(server: Kubernetes, asked: Client) -> None:
    server.control("fall")
    with pytest.raises(aiohttp.ClientConnectionError):
        await asked.get(MAPS)
    server.control("rise")
    assert (await asked.get(MAPS)).status == 200


async def test_first_events_may_never_end_or_be_refused(server: Kubernetes, asked: Client) -> None:
    query = ("watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
             "&allowWatchBookmarks=true&timeoutSeconds=1")  # fmt: skip
    server.control("settings", watch_list="silent")
    async with asked.watch(f"{MAPS}?{query}") as watch:
        marks = [each for each in await watch.rest() if each["type"] == "BOOKMARK"]
    assert not any("annotations" in each["object"]["metadata"] for each in marks)
    server.control("settings", watch_list="refused")
    refused = await asked.get(f"{MAPS}?{query}")
    assert (refused.status, refused.body["reason"]) == (422, "Invalid")
    server.control("settings", watch_list="on")


async def test_bookmarks_come_as_often_as_told(server: Kubernetes, asked: Client) -> None:
    server.control("settings", bookmark_s=0.05)
    rv = server.control("rv")
    query = f"watch=1&resourceVersion={rv}&allowWatchBookmarks=true&timeoutSeconds=60"
    async with asked.watch(f"{MAPS}?{query}") as watch:
        marks = [await watch.event() for _ in range(3)]
    async with asked.watch(f"{MAPS}?{query}", TABLE) as watch:
        table = await watch.event()
    server.control("settings", bookmark_s=60.0)
    assert {each["type"] for each in marks} == {"BOOKMARK"}
    assert int(marks[0]["object"]["metadata"]["resourceVersion"]) >= rv
    assert table["object"]["kind"] == "Table"
    assert int(table["object"]["metadata"]["resourceVersion"]) >= rv


async def test_a_storm_of_events_is_heard_whole(server: Kubernetes, asked: Client) -> None:
    server.control("ring", size=10_000)
    events = "/api/v1/events"
    rv = (await asked.get(f"{events}?limit=1")).body["metadata"]["resourceVersion"]
    async with asked.watch(f"{events}?watch=1&resourceVersion={rv}") as watch:
        server.control("storm", per_minute=600_000, total=2000)
        versions: list[int] = []
        while len(versions) < 2000:
            event = await watch.event()
            assert event["type"] == "ADDED"
            versions.append(int(event["object"]["metadata"]["resourceVersion"]))
    assert versions == sorted(set(versions))
    await eventually(lambda: not server.control("raining"))
    server.control("ring", size=20)


async def test_big_answers_are_packed_for_who_asks(server: Kubernetes, asked: Client) -> None:
    """An object with 1 MB of annotations, too, which is whole."""
    note = {"note": "x" * 1_000_000}
    server.add({"apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": "big", "annotations": note}})  # fmt: skip
    headers = {**asked.headers, "Accept-Encoding": "gzip"}
    url = f"{asked.base_url}{MAPS}/big"
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        async with session.get(url, headers=headers) as response:
            packed = await response.read()
            assert response.headers["Content-Encoding"] == "gzip"
        async with session.get(f"{asked.base_url}/version", headers=headers) as small:
            assert "Content-Encoding" not in small.headers
    found: Json = msgspec.json.decode(gzip.decompress(packed))
    assert found["metadata"]["annotations"] == note
    plain = await asked.ask("GET", f"{MAPS}/big")
    assert plain.body == found
    server.control("remove", of="configmaps", namespace="default", name="big")


async def test_names_with_every_legal_character(server: Kubernetes, asked: Client) -> None:
    path = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
    name = "system:a b+c&d=e?f#g;h@i,j(k)'l*m~n\"o<p>é"
    made = await asked.ask("POST", path, {"metadata": {"name": name}, "rules": []})
    assert made.status == 201
    quoted = "".join(f"%{byte:02X}" for byte in name.encode())
    async with asked.session.get(
        URL(f"{asked.base_url}{path}/{quoted}", encoded=True), headers=asked.headers
    ) as response:
        assert (await response.json())["metadata"]["name"] == name
    long = ".".join(["a-" + "9" * 58 + "z"] * 4) + ".zz"
    assert len(long) <= 253
    pod: Json = {"metadata": {"name": long}, "spec": {"containers": [{"name": "c", "image": "x"}]}}
    assert (await asked.ask("POST", PODS, pod)).status == 201
    assert (await asked.get(f"{PODS}/{long}")).body["metadata"]["name"] == long
