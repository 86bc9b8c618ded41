"""Label and field selectors of lists and watches, as functions that judge."""

import re
from collections.abc import Callable

from tests.servers.kubernetes.kinds import Kind
from tests.servers.kubernetes.refusal import Json, bad_request, inside, is_object, listed

Judge = Callable[[dict[str, str]], bool]

_SET = re.compile(r"^(?P<key>\S+)\s+(?P<op>in|notin)\s*\((?P<values>[^)]*)\)$")
_EQUAL = re.compile(r"^(?P<key>[^=!<>\s]+)\s*(?P<op>==|!=|=)\s*(?P<value>[^=!\s]*)$")
_HERE = re.compile(r"^(?P<no>!?)\s*(?P<key>[A-Za-z0-9][-A-Za-z0-9_./]*)$")
_COMMA = re.compile(r",(?![^(]*\))")


def labels(text: str) -> Judge:
    """Judge labels; refuses with 400 what it cannot read."""
    judges = [_label(part.strip()) for part in _COMMA.split(text) if part.strip()]
    return lambda found: all(judge(found) for judge in judges)


def _label(part: str) -> Judge:
    if match := _SET.match(part):
        key, wanted = match["key"], {each.strip() for each in match["values"].split(",")}
        if match["op"] == "in":
            return lambda found: found.get(key) in wanted
        return lambda found: found.get(key) not in wanted
    if match := _EQUAL.match(part):
        key, value = match["key"], match["value"]
        if match["op"] == "!=":
            return lambda found: found.get(key) != value
        return lambda found: found.get(key) == value
    if match := _HERE.match(part):
        key, no = match["key"], bool(match["no"])
        return lambda found: (key in found) is not no
    raise bad_request(f"unable to parse requirement: found '{part}'")


FIELDS = {
    "pods": (
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
        "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName",
    ),
    "nodes": ("spec.unschedulable",),
    "namespaces": ("status.phase",),
    "secrets": ("type",),
    "services": ("spec.clusterIP", "spec.type"),
    "events": (
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name",
        "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion",
        "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ),
    "jobs": ("status.successful",),
    "replicasets": ("status.replicas",),
}  # fmt: skip


def fields_of(kind: Kind, obj: Json) -> dict[str, str]:
    """The values that field selectors of its kind may ask about."""
    meta = obj["metadata"]
    found = {"metadata.name": meta["name"], "metadata.namespace": meta.get("namespace", "")}
    for path in FIELDS.get(kind.plural, ()):
        at: object = obj
        for part in path.split("."):
            at = at.get(part) if is_object(at) else None
        if isinstance(at, bool):
            found[path] = "true" if at else "false"
        elif isinstance(at, str | int):
            found[path] = str(at)
        else:
            found[path] = "false" if path in {"spec.unschedulable", "spec.hostNetwork"} else ""
    return found


def fields(kind: Kind, text: str) -> Judge:
    """Judge what `fields_of` found; 400 for a field that the kind does not offer."""
    known = {"metadata.name", "metadata.namespace", *FIELDS.get(kind.plural, ())}
    judges: list[Judge] = []
    for part in filter(None, text.split(",")):
        match = _EQUAL.match(part.strip())
        if match is None:
            raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
        if match["key"] not in known:
            raise bad_request(f"field label not supported: {match['key']}")
        judges.append(_field(match["key"], match["value"], match["op"] != "!="))
    return lambda found: all(judge(found) for judge in judges)


def _field(key: str, value: str, same: bool) -> Judge:
    return lambda found: (found.get(key, "") == value) is same


def matches(selector: Json | None, found: dict[str, str]) -> bool:
    """Judge labels by a LabelSelector of an object; an absent one selects nothing."""
    if selector is None:
        return False
    wanted: dict[str, str] = inside(selector, "matchLabels")
    if any(found.get(key) != value for key, value in wanted.items()):
        return False
    return all(_expression(each, found) for each in listed(selector, "matchExpressions"))


def _expression(each: Json, found: dict[str, str]) -> bool:
    key: str = each["key"]
    values: list[str] = each.get("values") or []
    match each["operator"]:
        case "In":
            return found.get(key) in values
        case "NotIn":
            return found.get(key) not in values
        case "Exists":
            return key in found
        case _:
            return key not in found


def spelled(selector: Json | None) -> str:
    """A LabelSelector in the words of a query."""
    if selector is None:
        return ""
    wanted: dict[str, str] = inside(selector, "matchLabels")
    parts = [f"{key}={value}" for key, value in sorted(wanted.items())]
    for each in listed(selector, "matchExpressions"):
        values = ",".join(listed(each, "values"))
        words = {"In": f"{each['key']} in ({values})", "NotIn": f"{each['key']} notin ({values})",
                 "Exists": each["key"], "DoesNotExist": f"!{each['key']}"}  # fmt: skip
        parts.append(words[each["operator"]])
    return ",".join(parts)
