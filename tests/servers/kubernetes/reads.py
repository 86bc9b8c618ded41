"""Get and list: whole, in pages bound to a snapshot, as tables, as metadata only."""

import base64
import binascii
import bisect

import msgspec

from tests.servers.kubernetes import selectors, tables
from tests.servers.kubernetes.asking import Ask
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.kinds import Kind
from tests.servers.kubernetes.refusal import Json, Refusal, bad_request, expired, not_found
from tests.servers.kubernetes.store import Entry, Place

_EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can start"
    " a new list without the continue parameter, or use the continue token in this response to"
    " retrieve the remainder of the results. Continuing with the provided token results in an"
    " inconsistent list - objects that were created, modified, or deleted between the time the"
    " first chunk was returned and now may show up in the list."
)


def find(cluster: Cluster, ask: Ask) -> Entry:
    """The object that a request names; 404 without."""
    space = ask.namespace if ask.kind.namespaced else ""
    entry = cluster.store.entry(ask.kind, (space, ask.name))
    if entry is None:
        raise not_found(ask.kind.qualified, ask.name, ask.kind.group)
    return entry


def get(cluster: Cluster, ask: Ask) -> bytes:
    return formed(ask, find(cluster, ask))


def formed(ask: Ask, entry: Entry) -> bytes:
    """One object in the form that was asked for."""
    match ask.form:
        case "Table":
            return tables.single(ask.kind, entry, ask.include, columns=True)
        case "Partial":
            return tables.partial(entry)
        case _:
            return ask.kind.head + entry.body[1:]


def _token(rv: int, place: Place) -> str:
    told = {"v": "meta.k8s.io/v1", "rv": rv, "start": f"{place[0]}/{place[1]}\0"}
    return base64.urlsafe_b64encode(msgspec.json.encode(told)).decode().rstrip("=")


class _Token(msgspec.Struct):
    v: str
    rv: int
    start: str


def _read(text: str) -> tuple[int, Place]:
    why = "illegal base64 data at input byte 0"
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        why = f"invalid character {_quoted(raw[:1])} looking for beginning of value"
        token = msgspec.json.decode(raw, type=_Token)
    except (binascii.Error, ValueError):
        message = f"invalid continue token: continue key is not valid: {why}"
        raise bad_request(message) from None
    space, _, name = token.start.partition("/")
    return token.rv, (space, name)


def _quoted(raw: bytes) -> str:
    char = raw.decode("latin-1")
    return f"'{char}'" if char.isprintable() else f"'\\u{ord(char):04x}'"


def judged(ask: Ask, entries: list[Entry]) -> list[Entry]:
    """Those that the selectors of a request let through."""
    if text := ask.query.get("labelSelector"):
        by_label = selectors.labels(text)
        entries = [each for each in entries if by_label(each.labels)]
    if text := ask.query.get("fieldSelector"):
        by_field = selectors.fields(ask.kind, text)
        entries = [each for each in entries if by_field(each.fields)]
    return entries


def _within(ask: Ask, entries: list[Entry]) -> list[Entry]:
    if not ask.namespace or not ask.kind.namespaced:
        return entries
    return [each for each in entries if each.place[0] == ask.namespace]


def _exact(cluster: Cluster, ask: Ask, rv: int) -> list[Entry]:
    store = cluster.store
    if rv > store.rv:
        message = f"Too large resource version: {rv}, current: {store.rv}"
        cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
        told: Json = {"causes": [cause], "retryAfterSeconds": 1}
        raise Refusal(504, "Timeout", message, told, {"Retry-After": "1"})
    if ask.query.get("resourceVersionMatch") == "Exact" and rv != store.rv:
        held = cluster.snapshots.at(ask.kind, rv)
        if held is None:
            raise expired("The resourceVersion for the provided list is too old.")
        return held
    return store.entries(ask.kind)


def _paged(cluster: Cluster, ask: Ask) -> tuple[list[Entry], int, list[Entry] | None]:
    """What a list sees, at which version, and the whole snapshot that it belongs to."""
    store, token = cluster.store, ask.query.get("continue", "")
    match = ask.query.get("resourceVersionMatch", "")
    if match and not ask.query.get("resourceVersion"):
        text = "resourceVersionMatch is forbidden unless resourceVersion is provided"
        raise bad_request(text)
    if not token:
        whole = _exact(cluster, ask, ask.number("resourceVersion"))
        exact = match == "Exact"
        return whole, ask.number("resourceVersion") if exact else store.rv, whole
    if ask.query.get("resourceVersion", "0") not in {"", "0"}:
        raise bad_request("specifying resource version is not allowed when using continue")
    rv, start = _read(token)
    if rv == -1:
        rv, whole = store.rv, store.entries(ask.kind)
    else:
        held = cluster.snapshots.at(ask.kind, rv)
        if held is None:
            refusal = expired(_EXPIRED)
            refusal.meta = {"continue": _token(-1, (start[0], start[1].rstrip("\0")))}
            raise refusal
        whole = held
    first = bisect.bisect_left(whole, start, key=lambda entry: entry.place)
    return whole[first:], rv, whole


def answered(cluster: Cluster, ask: Ask) -> bytes:
    """A list."""
    form, include = ask.form, ask.include
    seen, rv, whole = _paged(cluster, ask)
    found = judged(ask, _within(ask, seen))
    meta: Json = {"resourceVersion": str(rv)}
    cached = ask.query.get("resourceVersion") == "0" and not ask.query.get("continue")
    limit = 0 if cached else ask.number("limit")  # the cache knows no pages
    if limit and len(found) > limit:
        if whole is not None:
            cluster.snapshots.hold(ask.kind, rv, whole, cluster.settings.snapshots)
        meta["continue"] = _token(rv, found[limit - 1].place)
        if not ask.query.get("labelSelector") and not ask.query.get("fieldSelector"):
            meta["remainingItemCount"] = len(found) - limit
        found = found[:limit]
    return _page(ask.kind, found, meta, form, include)


def _page(kind: Kind, found: list[Entry], meta: Json, form: str, include: str) -> bytes:
    if form == "Table":
        return tables.table(kind, found, meta, include)
    head = b'{"kind":"%s","apiVersion":"%s","metadata":%s,"items":['
    told = msgspec.json.encode(meta)
    if form == "Partial":
        start = head % (b"PartialObjectMetadataList", b"meta.k8s.io/v1", told)
        return start + b",".join(tables.partial(each) for each in found) + b"]}"
    start = head % (f"{kind.kind}List".encode(), kind.api_version.encode(), told)
    items = (each.full if kind.custom else each.body for each in found)
    return start + b",".join(items) + b"]}"


def written(ask: Ask, found: list[Entry], rv: int) -> bytes:
    """Objects as a list in the form that was asked for."""
    return _page(ask.kind, found, {"resourceVersion": str(rv)}, ask.form, ask.include)
