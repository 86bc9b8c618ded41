"""What kinds of objects a cluster knows, its own and those that were added to it."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.errors import Malformed
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import HttpRequest, parted
from opsconsole.spec import Probe

AGGREGATED = ", ".join(
    f"application/json;v={version};g=apidiscovery.k8s.io;as=APIGroupDiscoveryList"
    for version in ("v2", "v2beta1")
)
REQUESTS = tuple(HttpRequest(path, headers=(("Accept", AGGREGATED),)) for path in ("/api", "/apis"))
"""Two answers name all kinds, from 1.26 on."""

MOST = 5000
"""Kinds that are listed."""


class _Kind(msgspec.Struct):
    kind: str = ""


class _Resource(msgspec.Struct):
    resource: str = ""
    kind: _Kind = msgspec.field(default_factory=_Kind, name="responseKind")
    scope: str = ""
    verbs: list[str] | None = None
    short: list[str] | None = msgspec.field(default=None, name="shortNames")
    categories: list[str] | None = None


class _Version(msgspec.Struct):
    version: str = ""
    resources: list[_Resource] | None = None
    freshness: str = ""


class _Meta(msgspec.Struct):
    name: str | None = ""


class _Group(msgspec.Struct):
    metadata: _Meta = msgspec.field(default_factory=_Meta)
    versions: list[_Version] | None = None


class _Groups(msgspec.Struct):
    kind: str = ""
    items: list[_Group] | None = None


def read(payload: bytes) -> list[_Group]:
    """Raises `Malformed`."""
    found: list[_Group] = []
    for part in parted(payload, len(REQUESTS)):
        try:
            said = msgspec.json.decode(part.body, type=_Groups)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Malformed(f"what kinds there are cannot be read: {error}") from error
        if said.kind != "APIGroupDiscoveryList":
            raise Malformed(
                "the API server lists its kinds group by group only", "Kubernetes 1.26 or newer"
            )
        found += said.items or []
    return found


def rows(now: list[_Group], _before: list[_Group] | None) -> list[Row]:
    """One row per kind, in its preferred version, of those that can be listed."""
    found: dict[tuple[str, str], Row] = {}
    for group in now:
        name = group.metadata.name or ""
        for version in group.versions or ():
            for one in version.resources or ():
                if "list" in (one.verbs or ()) and len(found) < MOST:
                    found.setdefault((name, one.resource), _row(name, version, one))
    return list(found.values())


def _row(group: str, version: _Version, one: _Resource) -> Row:
    return (
        values.word(one.resource),
        values.word(group),
        values.word(version.version, 63),
        values.word(one.kind.kind, 63),
        one.scope == "Namespaced",
        clean(", ".join(one.short or ()), 100),
        clean(", ".join(one.verbs or ()), 200),
        clean(", ".join(one.categories or ()), 100),
        Clean("stale") if version.freshness == "Stale" else Clean("current"),
    )


KIND = Probe(
    "kubernetes.kind",
    "Kinds",
    "kinds",
    (
        Column("resource", "RESOURCE", Quantity.TEXT, "GET /apis resources resource"),
        Column("group", "GROUP", Quantity.TEXT, "GET /apis metadata.name"),
        Column("version", "VERSION", Quantity.TEXT, "GET /apis versions, the preferred one"),
        Column("kind_of", "OBJECT", Quantity.TEXT, "GET /apis resources responseKind"),
        Column("namespaced", "NAMESPACED", Quantity.FLAG, "GET /apis resources scope"),
        Column("short", "SHORT", Quantity.TEXT, "GET /apis resources shortNames"),
        Column("verbs", "VERBS", Quantity.TEXT, "GET /apis resources verbs"),
        Column("categories", "IN", Quantity.TEXT, "GET /apis resources categories"),
        Column("freshness", "SAID", Quantity.STATE, "GET /apis versions freshness"),
    ),
    ("resource", "group"),
    read,
    rows,
)
