"""A request as the API understands it: which resource, which verb, in which form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import msgspec
from aiohttp import web

from tests.servers.kubernetes.access import User, Wish
from tests.servers.kubernetes.kinds import Kind, Kinds
from tests.servers.kubernetes.refusal import Json, Refusal, bad_request, is_object, unknown_path

_SPACE_PARTS = {"status", "finalize"}
_WRITES = {"POST": "create", "PUT": "update", "PATCH": "patch"}


class NoSuchPage(Exception):
    """A path below which nothing is served: plain text, not a Status."""


@dataclass(slots=True)
class Ask:
    """One request for a resource."""

    request: web.BaseRequest
    kind: Kind
    namespace: str
    name: str
    subresource: str
    user: User = field(default_factory=lambda: User(""))

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query

    def flag(self, name: str) -> bool:
        return self.query.get(name, "") in {"1", "true", "True", "t"}

    def number(self, name: str) -> int:
        """A whole number of the query, 0 if absent."""
        text = self.query.get(name, "") or "0"
        if not text.lstrip("-").isdigit():
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
        return int(text)

    @property
    def dry(self) -> bool:
        told = self.request.query.getall("dryRun", [])
        if any(each != "All" for each in told):
            cause = f'dryRun: Unsupported value: "{told[0]}": supported values: "All"'
            raise Refusal(422, "Invalid", f'CreateOptions.meta.k8s.io "" is invalid: {cause}', {})
        return bool(told)

    @property
    def manager(self) -> str:
        agent = self.request.headers.get("User-Agent", "unknown")
        return self.query.get("fieldManager") or agent.partition("/")[0].partition(" ")[0]

    @property
    def verb(self) -> str:
        method = self.request.method
        if method in {"GET", "HEAD"}:
            if self.name:
                return "get"
            return "watch" if self.flag("watch") else "list"
        if method == "DELETE":
            return "delete" if self.name else "deletecollection"
        return _WRITES.get(method, method.lower())

    @property
    def wish(self) -> Wish:
        kind = self.kind
        verb = "create" if self.subresource in {"exec", "portforward"} else self.verb
        return Wish(verb, kind.group, kind.plural, self.subresource, self.namespace, self.name)

    @property
    def form(self) -> str:
        """`Table`, `Partial` or `` as the Accept header wants it; 406 if it wants only others."""
        accept = self.request.headers.get("Accept") or "*/*"
        for part in accept.split(","):
            words = [word.strip() for word in part.split(";")]
            told = {key: value for key, _, value in (word.partition("=") for word in words[1:])}
            if words[0] not in {"application/json", "application/*", "*/*"}:
                continue
            asked = told.get("as", "")
            if not asked:
                return ""
            if told.get("g") == "meta.k8s.io" and told.get("v") == "v1":
                if asked == "Table":
                    return "Table"
                if asked.startswith("PartialObjectMetadata"):
                    return "Partial"
        text = ("only the following media types are accepted: application/json, application/yaml,"
                " application/vnd.kubernetes.protobuf")  # fmt: skip
        raise Refusal(406, "NotAcceptable", text, {})

    @property
    def include(self) -> str:
        """What rows of a table carry."""
        told = self.query.get("includeObject") or "Metadata"
        if told not in {"None", "Metadata", "Object"}:
            raise bad_request(f"unrecognized includeObject value: {told!r}")
        return told

    async def json(self) -> Json:
        """The body; 400 if it is not an object."""
        try:
            found: object = msgspec.json.decode(await self.request.content.read())
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise bad_request(f"error decoding body: {error}") from None
        if not is_object(found):
            raise bad_request("the body is no object")
        return found


def segments(request: web.BaseRequest) -> list[str]:
    return [unquote(part) for part in request.rel_url.raw_path.split("/") if part]


def understood(request: web.BaseRequest, parts: list[str], kinds: Kinds) -> Ask:
    """The resource that a path below /api or /apis names."""
    if parts[0] == "api":
        group, version, rest = "", parts[1], parts[2:]
    else:
        group, version, rest = parts[1], parts[2], parts[3:]
        if version not in kinds.groups().get(group, ()):
            raise NoSuchPage
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 1:
        namespace = rest[1]
        if len(rest) > 2 and rest[2] not in _SPACE_PARTS:
            rest = rest[2:]
    kind = kinds.at(group, version, rest[0])
    if kind is None or len(rest) > 3 or (bool(namespace) and not _spaced(kind)):
        raise unknown_path()
    name, sub = ([*rest[1:], "", ""])[:2]
    if sub and sub not in kind.subresources:
        raise unknown_path()
    return Ask(request, kind, namespace, name, sub)


def _spaced(kind: Kind) -> bool:
    return kind.namespaced or kind.plural == "namespaces"
