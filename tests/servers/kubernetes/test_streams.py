"""Logs, exec and port-forward, as kubelets serve them through the API server."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncGenerator, Generator
from urllib.parse import quote

import aiohttp
import msgspec
import pytest

from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.kubernetes.client import Client, client
from tests.servers.kubernetes.refusal import Json
from tests.servers.kubernetes.streams.channel import V4, V5

POD = "/api/v1/namespaces/default/pods/p"


@pytest.fixture(scope="module")
def server() -> Generator[Kubernetes, None, None]:
    with kubernetes() as found:
        parts = [{"name": name, "image": "x:1"} for name in ("app", "side")]
        state = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        statuses = [{"name": name, "ready": True, "restartCount": 0, "state": state, "image": "x:1",
                     "imageID": "", "lastState": {}} for name in ("app", "side")]  # fmt: skip
        found.add({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
            "spec": {"containers": parts, "nodeName": "n"},
            "status": {"phase": "Running", "containerStatuses": statuses},
        })  # fmt: skip
        yield found


@pytest.fixture
async def asked(server: Kubernetes) -> AsyncGenerator[Client, None]:
    async with client(server.base_url) as found:
        yield found


def wrote(server: Kubernetes, *lines: str, at: float | None = None) -> None:
    server.control("log", namespace="default", pod="p", container="side", lines=lines, at=at)


async def log(asked: Client, query: str) -> list[str]:
    reply = await asked.get(f"{POD}/log?{query}")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/plain")
    return reply.raw.decode().splitlines()


async def test_a_log_is_cut_as_asked(server: Kubernetes, asked: Client) -> None:
    assert len(await log(asked, "container=app")) == 10
    wrote(server, "long ago", at=1_000_000_000)
    wrote(server, "one", "two\x1b[31m", "three")
    assert (await log(asked, "container=side&tailLines=2"))[0] == "two\x1b[31m"
    assert await log(asked, "container=side&sinceSeconds=3600") == ["one", "two\x1b[31m", "three"]
    old = await log(asked, "container=side&sinceTime=2001-09-09T01:46:40Z")
    assert old[-4:] == ["long ago", "one", "two\x1b[31m", "three"]
    stamped = await log(asked, "container=side&tailLines=4&timestamps=true")
    assert stamped[0] == "2001-09-09T01:46:40.000000000Z long ago"
    raw = await asked.get(f"{POD}/log?container=side&tailLines=1&limitBytes=3")
    assert raw.raw == b"thr"


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "a container name must be specified for pod p, choose one of: [app side]"),
        ("container=nope", "container nope is not valid for pod p"),
        ("container=app&previous=true", 'previous terminated container "app" in pod "p" not found'),
        ("container=app&sinceTime=yesterday", "parsing time"),
    ],
)
async def test_a_log_that_cannot_be_had(query: str, why: str, asked: Client) -> None:
    reply = await asked.get(f"{POD}/log?{query}")
    assert (reply.status, reply.body["reason"]) == (400, "BadRequest")
    assert why in reply.body["message"]


async def test_a_followed_log_goes_on_until_the_pod_ends(server: Kubernetes, asked: Client) -> None:
    spec = {"containers": [{"name": "c", "image": "x"}], "nodeName": "n"}
    server.add({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "q"}, "spec": spec,
                "status": {"phase": "Running", "containerStatuses": [
                    {"name": "c", "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}},
                     "ready": True, "restartCount": 0}]}})  # fmt: skip
    path = "/api/v1/namespaces/default/pods/q"
    async with asked.watch(f"{path}/log?follow=true&tailLines=1") as follow:
        assert await follow.line()
        for text in ("a", "b"):
            server.control("log", namespace="default", pod="q", container="c", lines=[text])
            assert await follow.line() == text.encode() + b"\n"
        await asked.ask("DELETE", path)
        assert await follow.line() == b""
    assert (await asked.get(f"{path}/log")).status == 404


async def test_a_crash_leaves_what_was_before(server: Kubernetes, asked: Client) -> None:
    wrote(server, "last words")
    server.control("crash", namespace="default", pod="p", container="side", code=137)
    assert (await log(asked, "container=side&previous=true"))[-1] == "last words"
    assert await log(asked, "container=side") == []
    status = (await asked.get(POD)).body["status"]["containerStatuses"][1]
    assert status["restartCount"] == 1
    assert status["lastState"]["terminated"]["reason"] == "OOMKilled"


class Exec:
    """One open exec."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: dict[int, bytes] = {}

    async def until(self, channel: int, text: bytes = b"") -> bytes:
        """What came on a channel, once it holds a text."""
        while channel not in self.heard or text not in self.heard[channel]:
            data = await asyncio.wait_for(self.socket.receive_bytes(), 60)
            self.heard[data[0]] = self.heard.get(data[0], b"") + data[1:]
        return self.heard[channel]

    async def send(self, channel: int, data: bytes) -> None:
        await self.socket.send_bytes(bytes([channel]) + data)

    async def status(self) -> Json:
        found: Json = msgspec.json.decode(await self.until(3))
        return found


@contextlib.asynccontextmanager
async def opened(
    asked: Client, *command: str, flags: str = "", protocol: str = V5
) -> AsyncGenerator[Exec, None]:
    words = "&".join(f"command={quote(word)}" for word in command)
    url = f"{asked.base_url}{POD}/exec?container=app&stdout=1&stderr=1&{words}{flags}"
    headers = asked.headers
    async with asked.session.ws_connect(url, headers=headers, protocols=(protocol,)) as socket:
        assert socket.protocol == protocol
        yield Exec(socket)


async def ran(asked: Client, *command: str, protocol: str = V5) -> tuple[Exec, Json]:
    async with opened(asked, *command, protocol=protocol) as run:
        return run, await run.status()


@pytest.mark.parametrize("protocol", [V4, V5])
async def test_a_command_says_something_and_ends(protocol: str, asked: Client) -> None:
    run, status = await ran(asked, "echo", "a b", "ü", protocol=protocol)
    assert run.heard[1] == "a b ü\n".encode()
    assert status == {"metadata": {}, "status": "Success"}


async def test_a_command_fails(asked: Client) -> None:
    run, status = await ran(asked, "sh", "-c", "echo bad >&2; exit 3")
    assert run.heard[2] == b"bad\n"
    assert (status["status"], status["reason"]) == ("Failure", "NonZeroExitCode")
    assert status["details"]["causes"] == [{"reason": "ExitCode", "message": "3"}]
    _, status = await ran(asked, "no-such-program")
    assert 'exec: "no-such-program": executable file not found in $PATH' in status["message"]


async def test_input_comes_back_until_it_is_closed(asked: Client) -> None:
    async with opened(asked, "cat", flags="&stdin=1") as run:
        await run.send(0, b"hello\n")
        await run.until(1, b"hello")
        await run.send(255, b"\0")  # v5 alone can say that stdin has ended
        assert (await run.status())["status"] == "Success"


async def test_a_terminal_has_a_size_and_a_shell(asked: Client) -> None:
    async with opened(asked, "sh", flags="&stdin=1&tty=1") as run:
        await run.until(1, b"$ ")
        await run.send(4, b'{"Width":132,"Height":43}')
        await run.send(0, b"stty size\r")
        assert b"43 132\r\n" in await run.until(1, b"132\r\n")
        await run.send(0, b"exit 7\r")
        assert (await run.status())["details"]["causes"][0]["message"] == "7"


async def test_exec_wants_a_websocket_and_a_container(asked: Client) -> None:
    assert (await asked.get(f"{POD}/exec?container=app&command=true")).status == 400
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await asked.session.ws_connect(f"{asked.base_url}{POD}/exec?command=true",
                                       headers=asked.headers, protocols=(V5,))  # fmt: skip
    assert refused.value.status == 400


async def test_a_port_echoes_and_another_refuses(asked: Client) -> None:
    url = f"{asked.base_url}{POD}/portforward?ports=8080,9"
    async with asked.session.ws_connect(url, headers=asked.headers, protocols=(V4,)) as socket:
        heads = [await socket.receive_bytes() for _ in range(4)]
        assert heads == [bytes([at]) + struct.pack("<H", port)
                         for at, port in enumerate((8080, 8080, 9, 9))]  # fmt: skip
        refused = await socket.receive_bytes()
        assert refused[0] == 3
        assert b"connection refused" in refused
        await socket.send_bytes(b"\0GET / HTTP/1.0\r\n\r\n")
        assert await socket.receive_bytes() == b"\0GET / HTTP/1.0\r\n\r\n"
