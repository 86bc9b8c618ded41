"""Calls: what is sent, what is heard, and what is known afterwards."""

import asyncio
import json
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from opsconsole.errors import Lost, Refused, Unreachable
from opsconsole.transports.kubernetes import KubernetesTransport
from tests.transports.kubernetes.conftest import COUNT
from tests.transports.kubernetes.scene import Space, target, until

pytestmark = pytest.mark.server


@pytest_asyncio.fixture
async def transport() -> AsyncGenerator[KubernetesTransport]:
    made = KubernetesTransport()
    yield made
    await made.close()


async def done(
    transport: KubernetesTransport, space: Space, *argv: str
) -> tuple[int, str, dict[str, object]]:
    """Status, first line and the object that came back."""
    heard: list[bytes] = []
    status = await transport.execute(space.target, argv, heard.append)
    line, _, body = b"".join(heard).partition(b"\n")
    return status, line.decode(), json.loads(body)


async def test_a_call_says_status_and_date_and_then_what_came_back(
    transport: KubernetesTransport, space: Space
) -> None:
    status, line, body = await done(transport, space, "GET", f"{space.path}/map-01")
    assert status == 0
    assert line.startswith("200 ")
    assert line.endswith(" GMT")
    assert body["kind"] == "ConfigMap"
    status, line, body = await done(transport, space, "GET", f"{space.path}/nothing")
    assert (status, line[:4], body["reason"]) == (404, "404 ", "NotFound")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("merge", '{"data":{"a":"1"}}'),
        ("strategic", '{"data":{"a":"1"}}'),
        ("json-patch", '[{"op":"add","path":"/data","value":{"a":"1"}}]'),
        ("apply", '{"apiVersion":"v1","kind":"ConfigMap","data":{"a":"1"}}'),
    ],
)
async def test_a_patch_is_of_the_kind_that_is_said(
    transport: KubernetesTransport, space: Space, kind: str, body: str
) -> None:
    path = f"{space.path}/map-02?fieldManager=opsconsole"
    if kind == "apply":
        path += "&force=true"
    status, _, made = await done(transport, space, "PATCH", path, body, kind)
    assert (status, made["data"]) == (0, {"a": "1"})


async def test_an_object_is_made_and_taken_away(
    transport: KubernetesTransport, space: Space
) -> None:
    body = json.dumps({"metadata": {"name": "new"}, "data": {"a": "ä"}})
    status, line, made = await done(transport, space, "POST", space.path, body)
    assert (status, line[:3], made["data"]) == (0, "201", {"a": "ä"})
    status, _, _ = await done(transport, space, "DELETE", f"{space.path}/new")
    assert status == 0


async def test_calls_follow_one_another_over_one_connection(
    transport: KubernetesTransport, space: Space
) -> None:
    paths = [f"{space.path}/map-{at:02}" for at in range(COUNT)]
    before = await space.tell("connections")
    for path in paths:
        assert (await done(transport, space, "GET", path))[0] == 0
    assert await space.tell("connections") == before + 1
    found = await asyncio.gather(*[done(transport, space, "GET", path) for path in paths[:4]])
    assert [status for status, _, _ in found] == [0] * 4
    assert await space.tell("connections") <= before + 4


async def test_a_call_goes_on_while_its_session_ends_and_others_are_made_anew(
    transport: KubernetesTransport, space: Space
) -> None:
    await asyncio.to_thread(space.pod, "pod")
    path = f"/api/v1/namespaces/{space.name}/pods/pod/log?follow=true"
    where = {"namespace": space.name, "pod": "pod", "container": "app"}
    await space.tell("log", lines=["one"], **where)
    heard: list[bytes] = []
    call = asyncio.ensure_future(transport.execute(space.target, ("GET", path), heard.append))
    await until(lambda: call.done() or b"one\n" in b"".join(heard))
    before = await space.tell("connections")
    for _ in range(2):
        session = await transport.open(space.target, space.maps(), 1.0, lambda _: None)
        await session.close()
        assert (await done(transport, space, "GET", f"{space.path}/map-00"))[0] == 0
    assert await space.tell("connections") == before + 4, "one of each session, one of each call"
    await space.tell("log", lines=["two"], **where)
    await until(lambda: call.done() or b"two\n" in b"".join(heard))
    assert not call.done()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_log_is_heard_as_it_is_written(
    transport: KubernetesTransport, space: Space
) -> None:
    await asyncio.to_thread(space.pod, "pod")

    async def write(line: str) -> None:
        await space.tell("log", namespace=space.name, pod="pod", container="app", lines=[line])

    heard: list[bytes] = []
    path = f"/api/v1/namespaces/{space.name}/pods/pod/log?follow=true"
    await write("one")
    call = asyncio.ensure_future(transport.execute(space.target, ("GET", path), heard.append))
    await until(lambda: call.done() or b"one\n" in b"".join(heard))
    await write("two")
    await until(lambda: call.done() or b"two\n" in b"".join(heard))
    assert not call.done()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_what_was_sent_and_not_answered_is_not_known(
    transport: KubernetesTransport, space: Space
) -> None:
    await space.tell("fault", what="reset", path=space.name, method="DELETE", times=2)
    with pytest.raises(Lost, match="whether it was done is not known"):
        await done(transport, space, "DELETE", f"{space.path}/map-03")
    await space.tell("fault", what="reset", path=space.name, method="GET", times=2)
    with pytest.raises(Lost) as caught:
        await done(transport, space, "GET", f"{space.path}/map-03")
    assert "whether" not in str(caught.value)


async def test_what_was_never_sent_is_told_as_such(transport: KubernetesTransport) -> None:
    away = target("http://127.0.0.1:1")
    with pytest.raises(Unreachable) as caught:
        await transport.execute(away, ("DELETE", "/api/v1/namespaces/x"), lambda _: None)
    assert "not known" not in str(caught.value)


async def test_words_that_are_no_call_are_refused(
    transport: KubernetesTransport, space: Space
) -> None:
    with pytest.raises(Refused, match="METHOD /path"):
        await transport.execute(space.target, ("kubectl", "get"), lambda _: None)


async def test_calls_are_made_as_who_the_session_is(
    transport: KubernetesTransport, space: Space
) -> None:
    session = await transport.open(space.target, {}, 1.0, lambda _: None)
    for _ in range(3):
        await done(transport, space, "GET", f"{space.path}/map-04")
    assert session.account.readings == 1  # type: ignore[attr-defined]
