"""An AWS that is simulated (moto), and a server in its place that misbehaves."""

import asyncio
import contextlib
import json
import logging
import os
import urllib.error
import urllib.request
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from typing import Any, cast

import boto3
import pytest
from moto.server import ThreadedMotoServer

from opsconsole.model import Target
from opsconsole.secret import Secret
from tests.servers.port import PORT
from tests.servers.web import Asked, Web, page

ADDRESS = "127.77.41.1"
IMAGE = "ami-12c6146b"
USER = "AKIASIMULATED"
KEY = Secret("env", ("CLOUD_SECRET",))
"""The tests set it: see `keyed`."""


@pytest.fixture(autouse=True)
def keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our key is that of the simulation; nobody looks for a role of this machine."""
    monkeypatch.setenv("CLOUD_SECRET", "simulated")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


class Moto:
    """The server, and clients to arrange what is there."""

    def __init__(self, url: str) -> None:
        self.url = url

    def client(self, service: str, region: str = "eu-west-1") -> Any:
        return (
            cast("Any", boto3)
            .session.Session(USER, "simulated")
            .client(service, region, endpoint_url=self.url)
        )

    def reset(self) -> None:
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200

    def target(self, regions: str = "eu-west-1 us-east-1", **settings: object) -> Target:
        said = {"endpoint": self.url, "regions": regions, "password": KEY, **settings}
        return Target("shop", "aws", "aws", user=USER, settings=said)


@contextlib.contextmanager
def moto() -> Generator[Moto, None, None]:
    """The server within the context."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # Images of the provider are none of ours: reading them takes seconds.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    server = ThreadedMotoServer(ip_address=ADDRESS, port=PORT, verbose=False)
    server.start()
    found = Moto(f"http://{ADDRESS}:{PORT}")
    try:
        found.reset()  # what is there belongs to the process: tests before us left theirs
        yield found
    finally:
        server.stop()


Answer = tuple[int, bytes] | None
"""Status and body; None goes to no end."""


class Crooked:
    """A server in the place of AWS that answers each call as a test says. It knows no signature."""

    def __init__(self, web: Web, say: Callable[[str, str], Answer]) -> None:
        self.web = web
        self.say = say

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Operation and region of all that was asked."""
        return [_call(one) for one in self.web.asked]

    def target(self, regions: str = "eu-west-1", **settings: object) -> Target:
        said = {"endpoint": self.web.url, "regions": regions, "password": KEY, **settings}
        return Target("shop", "aws", "aws", user=USER, settings=said)


def _call(asked: Asked) -> tuple[str, str]:
    """Operation and region of a request, from its body or header, and its signature."""
    region = asked.headers.get("authorization", "").partition("Credential=")[2].split("/")[2]
    if target := asked.headers.get("x-amz-target"):
        return target.rpartition(".")[2], region
    pairs = [pair.partition("=") for pair in asked.body.decode().split("&")]
    words = {name: text for name, _, text in pairs}
    return words.get("Action", ""), region


IDENTITY = (
    200,
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
    b"<Arn>arn:aws:iam::123456789012:user/ops</Arn></GetCallerIdentityResult>"
    b"</GetCallerIdentityResponse>",
)


def refusal(status: int, code: str, message: str = "so it is") -> Answer:
    """A refusal as EC2 writes it, which STS's and RDS's readers understand too."""
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, f"<Response><Errors>{error}</Errors></Response>".encode()


@contextlib.asynccontextmanager
async def crooked(say: Callable[[str, str], Answer]) -> AsyncGenerator[Crooked, None]:
    """Such a server within the context; `say` is given operation and region."""
    web = Web()
    made = Crooked(web, say)
    over = asyncio.Event()

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        said = made.say(*_call(asked))
        if said is None:
            await over.wait()
            return
        writer.write(page(said[1], said[0], Content_Type="text/xml"))

    route: Callable[[Asked, asyncio.StreamWriter], Awaitable[None]] = answer
    web.routes["/"] = route
    await web.start()
    try:
        yield made
    finally:
        over.set()
        await web.stop()


@contextlib.asynccontextmanager
async def mended(server: Moto, made: Mapping[str, Any]) -> AsyncGenerator[Crooked, None]:
    """The simulation, with made answers to operations of JSON that it does not know: what to say,
    or what makes that of a question.
    """

    async def serve(asked: Asked, writer: asyncio.StreamWriter) -> None:
        operation = asked.headers.get("x-amz-target", "").rpartition(".")[2]
        if operation in made:
            said = made[operation]
            answer = said(json.loads(asked.body)) if callable(said) else said
            writer.write(page(json.dumps(answer).encode()))
        else:
            writer.write(await asyncio.to_thread(_passed, server.url, asked))

    web = Web()
    for path in ("/", "/service/GraniteServiceVersion20100801/operation/GetMetricData"):
        web.routes[path] = serve
    await web.start()
    try:
        yield Crooked(web, lambda _operation, _region: None)
    finally:
        await web.stop()


def _passed(url: str, asked: Asked) -> bytes:
    """What the simulation answers to a request, as a whole page."""
    # Whom a request is for is part of its signature's scope: the name in `host` is not looked at.
    kept = {name: text for name, text in asked.headers.items() if name != "host"}
    request = urllib.request.Request(url + asked.path, asked.body, kept, method=asked.method)
    try:
        with urllib.request.urlopen(request) as said:
            return page(said.read(), said.status, Content_Type=said.headers["Content-Type"])
    except urllib.error.HTTPError as error:
        return page(error.read(), error.code, Content_Type=error.headers["Content-Type"])
