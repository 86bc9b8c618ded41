"""Objects as rows of a `meta.k8s.io/v1` Table, and as metadata only."""

import re
import time
from typing import Any  # values of JSON have no narrower type here

import msgspec

from tests.servers.kubernetes.cells import PLAIN, PRINTERS
from tests.servers.kubernetes.kinds import Kind
from tests.servers.kubernetes.moments import Since, seconds
from tests.servers.kubernetes.refusal import Json, is_list, is_object
from tests.servers.kubernetes.store import Entry

_INTEGERS = {"Up-to-date", "Available", "Desired", "Current", "Data", "Active", "MaxPods", "Count",
             "Revision", "Secrets", "Allowed Disruptions"}  # fmt: skip
_PARTIAL = b'{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":%s}'
_HEAD = b'{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":%s,'


def definitions(kind: Kind) -> list[Json]:
    """columnDefinitions."""
    if kind.custom:
        return _custom(kind)
    if kind.plural == "customresourcedefinitions":
        return [_column("Name"), _column("Created At")]
    names, _ = PRINTERS.get(kind.plural, PLAIN)
    return [
        _column(name.rstrip("*").replace("_", " "), int(name.endswith("*")))
        for name in names.split()
    ]


def _column(name: str, priority: int = 0) -> Json:
    return {
        "name": name,
        "type": "integer" if name in _INTEGERS else "string",
        "format": "name" if name == "Name" and not priority else "",
        "description": f"{name} of the object.",
        "priority": priority,
    }


def _custom(kind: Kind) -> list[Json]:
    columns: tuple[Json, ...] = kind.columns
    if not columns:
        columns = ({"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},)
    return [
        _column("Name"),
        *(
            {
                "name": each["name"],
                "type": each["type"],
                "format": each.get("format", ""),
                "description": each.get("description", ""),
                "priority": each.get("priority", 0),
            }
            for each in columns
        ),
    ]


def _cells(entry: Entry) -> list[object]:
    if entry.cells is None:
        kind, obj = entry.kind, entry.obj
        if kind.custom:
            entry.cells = _custom_cells(kind, obj)
        elif kind.plural == "customresourcedefinitions":
            entry.cells = [obj["metadata"]["name"], obj["metadata"]["creationTimestamp"]]
        else:
            entry.cells = PRINTERS.get(kind.plural, PLAIN)[1](obj)
    return entry.cells


def _custom_cells(kind: Kind, obj: Json) -> list[object]:
    found: list[object] = [obj["metadata"]["name"]]
    if not kind.columns:
        return [*found, Since(seconds(obj["metadata"].get("creationTimestamp")))]
    for column in kind.columns:
        value = json_path(obj, column["jsonPath"])
        if column["type"] == "date" and value is not None:
            found.append(Since(seconds(str(value))))
        elif column["type"] == "string" and value is not None and not isinstance(value, str):
            found.append(msgspec.json.encode(value).decode())
        else:
            found.append(value)
    return found


_STEP = re.compile(
    r"""\[\?\(@\.(?P<by>[\w.]+)\s*==\s*["'](?P<is>[^"']*)["']\)\]|\[(?P<at>\d+|\*)\]"""
    r"""|\[['"](?P<quoted>[^'"]+)['"]\]|\.?(?P<key>(?:\\.|[^.\[\]\\])+)"""
)


def json_path(obj: Any, path: str) -> Any:
    """The first value at a simple JSONPath: keys, indices, and `[?(@.type=="Ready")]`."""
    found: list[Any] = [obj]
    for step in _STEP.finditer(path.strip("{}")):
        found = [inner for each in found for inner in _inner(each, step)]
    return found[0] if found else None


def _inner(each: Any, step: "re.Match[str]") -> list[Any]:
    if step["by"]:
        items = each if is_list(each) else []
        return [one for one in items if str(json_path(one, "." + step["by"])) == step["is"]]
    if step["at"]:
        items = each if is_list(each) else []
        return items if step["at"] == "*" else items[int(step["at"]) :][:1]
    key = step["quoted"] or re.sub(r"\\(.)", r"\1", step["key"])
    if is_object(each) and key in each:
        return [each[key]]
    return []


def row(entry: Entry, include: str) -> bytes:
    """One row; `include` is `None`, `Metadata` or `Object`."""
    now = time.time()
    cells = [each.said(now) if isinstance(each, Since) else each for each in _cells(entry)]
    obj = b"null"
    if include != "None":
        obj = entry.full if include == "Object" else partial(entry)
    return b'{"cells":%s,"object":%s}' % (msgspec.json.encode(cells), obj)


def partial(entry: Entry) -> bytes:
    return _PARTIAL % entry.metadata


def table(kind: Kind, entries: list[Entry], meta: Json, include: str) -> bytes:
    """A whole list as a table."""
    head = _HEAD % msgspec.json.encode(meta)
    columns = b'"columnDefinitions":%s,"rows":[' % msgspec.json.encode(definitions(kind))
    return head + columns + b",".join(row(each, include) for each in entries) + b"]}"


def single(kind: Kind, entry: Entry, include: str, columns: bool) -> bytes:
    """One object as a table of one row; a watch sends the columns only once."""
    head = _HEAD % msgspec.json.encode({"resourceVersion": str(entry.rv)})
    told = msgspec.json.encode(definitions(kind)) if columns else b"null"
    return head + b'"columnDefinitions":%s,"rows":[%s]}' % (told, row(entry, include))


def bookmark(kind: Kind, meta: Json, include: str, columns: bool) -> bytes:
    """A bookmark among tables: one row of an object without a name."""
    head = _HEAD % msgspec.json.encode({"resourceVersion": meta["resourceVersion"]})
    described = definitions(kind)
    told = msgspec.json.encode(described) if columns else b"null"
    obj = b"null" if include == "None" else _PARTIAL % msgspec.json.encode(meta)
    cells = msgspec.json.encode([""] * len(described))
    return head + b'"columnDefinitions":%s,"rows":[{"cells":%s,"object":%s}]}' % (told, cells, obj)
