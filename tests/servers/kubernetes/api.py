"""Every request: what goes wrong first, who asks, what they may, and who answers."""

import asyncio
import gzip
import uuid

import msgspec
from aiohttp import web

from tests.servers.kubernetes import (
    access,
    budgets,
    deleting,
    discovery,
    reads,
    scaling,
    usage,
    writes,
)
from tests.servers.kubernetes.asking import Ask, NoSuchPage, segments, understood
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.faults import Fault, refusal
from tests.servers.kubernetes.refusal import (
    SUCCESS,
    Json,
    Refusal,
    details,
    inside,
    listed,
    not_found,
)
from tests.servers.kubernetes.streams import execution, forwarding, reading
from tests.servers.kubernetes.watch import Stream

_GZIP_FROM = 128 * 1024
_CHUNKED_FROM = 2048
_HEALTH = {"readyz", "livez", "healthz"}
JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"


class Api:
    """The handler of all requests."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        cluster = self.cluster
        cluster.note(request)
        fault = cluster.faults.take(request.method, request.path_qs, watch=False)
        try:
            if fault is not None:
                await _go_wrong(request, fault)
            response = await self._answered(request)
        except Refusal as no:
            response = await said(request, no.status, no.code, no.headers)
        except NoSuchPage:
            response = await said(request, b"404 page not found\n", 404, kind=PLAIN)
        if fault is not None and fault.what == "half":
            await _half(request, response)
        return response

    async def _answered(self, request: web.BaseRequest) -> web.StreamResponse:
        transport = request.transport
        peer: Json | None = transport.get_extra_info("peercert") if transport is not None else None
        subject: dict[str, str] = dict(pair[0] for pair in listed(peer or {}, "subject"))
        token = request.headers.get("Authorization", "")
        user = self.cluster.access.user(token, subject.get("commonName", ""))
        parts = segments(request)
        if not parts or parts[0] not in {"api", "apis"} or len(parts) < _depth(parts):
            access.check(user, access.Wish("get", path=request.path))
            return await self._page(request, parts)
        if parts[1] == discovery.METRICS:
            return await self._usage(request, user, parts)
        if parts[1] == "authorization.k8s.io":
            return await self._review(request, user, parts[3])
        ask = understood(request, parts, self.cluster.kinds)
        ask.user = user
        access.check(user, ask.wish)
        return await self._resource(ask)

    async def _page(self, request: web.BaseRequest, parts: list[str]) -> web.StreamResponse:
        """Discovery and health."""
        cluster = self.cluster
        found: Json | None = None
        match parts:
            case ["version"]:
                found = discovery.version(cluster)
            case [which] if which in _HEALTH:
                text = discovery.ready(which, "verbose" in request.query)
                return await said(request, text.encode(), kind=PLAIN)
            case ["api"]:
                found = discovery.api(request.host)
            case ["api", "v1"]:
                found = discovery.resources(cluster, "", "v1")
            case ["apis"]:
                found = discovery.apis(cluster)
            case ["apis", group]:
                found = discovery.group(cluster, group)
            case ["apis", group, version]:
                found = discovery.resources(cluster, group, version)
            case _:
                pass
        if found is None:
            raise NoSuchPage
        return await said(request, found, squeeze=cluster.settings.gzip)

    async def _usage(
        self, request: web.BaseRequest, user: access.User, parts: list[str]
    ) -> web.StreamResponse:
        if not self.cluster.settings.metrics:
            raise NoSuchPage
        rest = parts[3:]
        space = rest[1] if rest[0] == "namespaces" and len(rest) > 2 else ""
        resource = rest[2] if space else rest[0]
        access.check(user, access.Wish("list", discovery.METRICS, resource, "", space))
        return await said(request, usage.answer(self.cluster, rest, dict(request.query)))

    async def _review(
        self, request: web.BaseRequest, user: access.User, name: str
    ) -> web.StreamResponse:
        ask = Ask(request, self.cluster.kinds.named("pods"), "", "", "")
        if request.method != "POST":
            raise not_allowed()
        spec: Json = (await ask.json()).get("spec") or {}
        match name:
            case "selfsubjectaccessreviews":
                return await said(request, access.review(user, spec), 201)
            case "selfsubjectrulesreviews":
                return await said(request, access.rules(user, spec), 201)
            case _:
                raise NoSuchPage

    async def _resource(self, ask: Ask) -> web.StreamResponse:
        if ask.subresource and ask.subresource not in {"status", "finalize"}:
            return await self._sub(ask)
        match ask.verb:
            case "watch":
                return await Stream(self.cluster, ask).run()
            case "get":
                return await self._say(ask, reads.get(self.cluster, ask))
            case "list":
                return await self._say(ask, reads.answered(self.cluster, ask))
            case "create" if not ask.name:
                entry = writes.create(self.cluster, ask, await ask.json())
                return await self._say(ask, reads.formed(ask, entry), 201)
            case "update" if ask.name:
                entry = writes.update(self.cluster, ask, await ask.json())
                return await self._say(ask, reads.formed(ask, entry))
            case "patch" if ask.name:
                entry, new = await writes.patch(self.cluster, ask)
                return await self._say(ask, reads.formed(ask, entry), 201 if new else 200)
            case "delete":
                return await self._delete(ask)
            case "deletecollection":
                return await self._say(ask, await writes.delete_all(self.cluster, ask))
            case _:
                raise not_allowed()

    async def _delete(self, ask: Ask) -> web.StreamResponse:
        """Pods and what is not yet gone are shown; for the rest a Status says it."""
        entry = reads.find(self.cluster, ask)
        raw = await ask.request.content.read()
        shown, gone = deleting.delete_one(self.cluster, ask, entry, raw)
        if not gone or ask.kind.graceful:
            return await self._say(ask, reads.formed(ask, shown))
        told = details(ask.kind.plural, ask.name, ask.kind.group, uid=entry.uid)
        return await self._say(ask, {**SUCCESS, "details": told})

    async def _sub(self, ask: Ask) -> web.StreamResponse:
        cluster = self.cluster
        match ask.subresource, ask.request.method:
            case "scale", "GET":
                return await self._say(ask, scaling.get(cluster, ask))
            case "scale", "PUT" | "PATCH":
                return await self._say(ask, await scaling.change(cluster, ask))
            case "eviction", "POST":
                return await self._say(ask, budgets.evict(cluster, ask, await ask.json()), 201)
            case "binding", "POST":
                return await self._say(ask, await self._bind(ask), 201)
            case "log", "GET":
                return await reading.log(cluster, ask)
            case "exec", "GET" | "POST":
                return await execution.run(cluster, ask)
            case "portforward", "GET" | "POST":
                return await forwarding.run(cluster, ask)
            case _:
                raise not_allowed()

    async def _bind(self, ask: Ask) -> Json:
        entry = reads.find(self.cluster, ask)
        obj = entry.obj
        node = inside(await ask.json(), "target").get("name", "")
        if self.cluster.store.get(node, "", "nodes") is None:
            raise not_found("nodes", node)
        if obj["spec"].get("nodeName"):
            text = f'pod {ask.name} is already assigned to node "{obj["spec"]["nodeName"]}"'
            raise Refusal(409, "Conflict", text, details("pods", ask.name))
        obj["spec"]["nodeName"] = node
        self.cluster.store.put(entry.kind, obj)
        return {**SUCCESS, "code": 201}

    async def _say(self, ask: Ask, body: bytes | Json, status: int = 200) -> web.StreamResponse:
        return await said(ask.request, body, status, squeeze=self.cluster.settings.gzip)


def _depth(parts: list[str]) -> int:
    """How many segments a path of a resource has at least."""
    return 3 if parts[0] == "api" else 4


def not_allowed() -> Refusal:
    text = "the server does not allow this method on the requested resource"
    return Refusal(405, "MethodNotAllowed", text, {})


async def said(
    request: web.BaseRequest,
    body: bytes | Json,
    status: int = 200,
    headers: dict[str, str] | None = None,
    kind: str = JSON,
    squeeze: bool = False,
) -> web.StreamResponse:
    """An answer with its body at once; big ones in chunks, and packed for who can unpack."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    told = {"Audit-Id": str(uuid.uuid4()), "Cache-Control": "no-cache, private",
            "Content-Type": kind, **(headers or {})}  # fmt: skip
    if squeeze and len(raw) > _GZIP_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        raw = await asyncio.to_thread(gzip.compress, raw, 1)
        told["Content-Encoding"] = "gzip"
        told["Vary"] = "Accept-Encoding"
    response = web.Response(body=raw, status=status, headers=told)
    if len(raw) > _CHUNKED_FROM:
        response.enable_chunked_encoding()
    return response


async def _go_wrong(request: web.BaseRequest, fault: Fault) -> None:
    """Before anything was done."""
    match fault.what:
        case "status":
            await asyncio.sleep(fault.delay)
            raise refusal(fault)
        case "slow":
            await asyncio.sleep(fault.delay)
        case "reset":
            if request.transport is not None:
                request.transport.abort()
            raise asyncio.CancelledError
        case _:
            pass


async def _half(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Send half of the body, then reset."""
    body = response.body if isinstance(response, web.Response) else b""
    raw = body if isinstance(body, bytes) else b""
    half = web.StreamResponse(status=response.status, headers={"Content-Type": JSON})
    half.content_length = len(raw)
    await half.prepare(request)
    await half.write(raw[: len(raw) // 2])
    if request.transport is not None:
        request.transport.close()
    raise asyncio.CancelledError
