"""A client that hides nothing: a request, its answer as it came, and the lines of a watch."""

import asyncio
import base64
import contextlib
import ssl
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any  # values of JSON have no narrower type here

import aiohttp
import msgspec
import yaml

from tests.servers.kubernetes.access import ADMIN
from tests.servers.kubernetes.refusal import Json

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
JSON = "application/json"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    status: int
    headers: "dict[str, str]"
    raw: bytes

    @property
    def body(self) -> Any:
        return msgspec.json.decode(self.raw)


@dataclass(slots=True)
class Client:
    """Asks one server as one user."""

    base_url: str
    session: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict[str, str])

    async def ask(
        self, method: str, path: str, body: object = None, kind: str = "application/json",
        accept: str = "application/json",
    ) -> Reply:  # fmt: skip
        """One request; a body that is no bytes goes as JSON."""
        headers = {**self.headers, "Accept": accept}
        data: bytes | None = None
        if body is not None:
            data = body if isinstance(body, bytes) else msgspec.json.encode(body)
            headers["Content-Type"] = kind
        async with self.session.request(
            method, self.base_url + path, data=data, headers=headers
        ) as response:
            return Reply(response.status, dict(response.headers), await response.read())

    async def get(self, path: str, accept: str = "application/json") -> Reply:
        return await self.ask("GET", path, accept=accept)

    async def patch(self, path: str, body: object, kind: str = MERGE) -> Reply:
        return await self.ask("PATCH", path, body, kind)

    @contextlib.asynccontextmanager
    async def watch(
        self, path: str, accept: str = "application/json"
    ) -> "AsyncGenerator[Watch, None]":
        """An open watch."""
        headers = {**self.headers, "Accept": accept}
        async with self.session.get(self.base_url + path, headers=headers) as response:
            yield Watch(response)


@dataclass(slots=True)
class Watch:
    """Lines of a watch, as they come."""

    response: aiohttp.ClientResponse

    async def line(self, seconds: float = 60) -> bytes:
        """The next line with its end; without one, or empty, if the stream ends."""
        return await asyncio.wait_for(self.response.content.readline(), seconds)

    async def event(self, seconds: float = 60) -> Json:
        """The next line, decoded."""
        found: Json = msgspec.json.decode(await self.line(seconds))
        return found

    async def until(self, kind: str, name: str = "") -> Json:
        """The next event of a type, and of an object if named; others are passed over."""
        while True:
            event = await self.event()
            if event["type"] == kind and name in ("", event["object"]["metadata"].get("name")):
                return event

    async def rest(self) -> list[Json]:
        """All that comes until the stream ends."""
        lines = [line async for line in self.response.content]
        return [msgspec.json.decode(line) for line in lines]


@contextlib.asynccontextmanager
async def client(
    base_url: str, token: str = ADMIN, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Client, None]:
    """A client within the context."""
    connector = aiohttp.TCPConnector(ssl=tls if tls is not None else True, limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, read_bufsize=2**24
    ) as session:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        yield Client(base_url, session, headers)


@contextlib.asynccontextmanager
async def configured(path: Path) -> AsyncGenerator[Client, None]:
    """A client of the current context of a kubeconfig: a token or a client certificate."""
    cluster, user = _current(path)
    with tempfile.TemporaryDirectory() as folder:
        files = _files(Path(folder), path.parent, {**cluster, **user})
        tls = ssl.create_default_context(cafile=files.get("certificate-authority"))
        if cluster.get("insecure-skip-tls-verify"):
            tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
        if "client-certificate" in files:
            tls.load_cert_chain(files["client-certificate"], files["client-key"])
    async with client(cluster["server"].rstrip("/"), user.get("token", ""), tls) as found:
        yield found


def _current(path: Path) -> tuple[Json, Json]:
    """The cluster and the user of the current context."""
    config: Json = yaml.safe_load(path.read_text())
    named = {each["name"]: each["context"] for each in config["contexts"]}
    context = named[config["current-context"]]
    clusters = {each["name"]: each["cluster"] for each in config["clusters"]}
    users = {each["name"]: each["user"] for each in config["users"]}
    user: Json = users[context["user"]] or {}
    if "tokenFile" in user:
        user["token"] = (path.parent / user["tokenFile"]).read_text().strip()
    return clusters[context["cluster"]], user


def _files(folder: Path, beside: Path, told: Json) -> dict[str, str]:
    """Files of certificates and keys, written from inline data where that is given."""
    found: dict[str, str] = {}
    for key in ("certificate-authority", "client-certificate", "client-key"):
        if f"{key}-data" in told:
            (folder / key).write_bytes(base64.b64decode(told[f"{key}-data"]))
            found[key] = str(folder / key)
        elif key in told:
            found[key] = str(beside / told[key])
    return found
