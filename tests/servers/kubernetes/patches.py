"""The four kinds of patch: merge, strategic merge, JSON patch, and server-side apply."""

import copy
from typing import Any  # values of JSON have no narrower type here

import msgspec
import yaml

from tests.servers.kubernetes import managed
from tests.servers.kubernetes.refusal import (
    Json,
    Refusal,
    bad_request,
    invalid,
    is_list,
    is_object,
    listed,
)

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"

KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "imagePullSecrets": ("name",),
    "conditions": ("type",),
    "ownerReferences": ("uid",),
    "taints": ("key",),
    "hostAliases": ("ip",),
    "addresses": ("type",),
    "secrets": ("name",),
}
"""How strategic merge tells items of a list apart; every other list is replaced."""

PORTS = ("containerPort", "port")
UNIONS = {"finalizers"}
"""Lists of plain values that are merged."""


def merge(target: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not is_object(patch):
        return patch
    found: Json = dict(target) if is_object(target) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merge(found.get(key), value)
    return found


def strategic(target: Any, patch: Any) -> Any:
    """As merge, with items of known lists told apart by their key, and `$patch`."""
    if not is_object(patch):
        return patch
    told = patch.get("$patch")
    found: Json = dict(target) if is_object(target) and told != "replace" else {}
    for key, value in patch.items():
        if key == "$patch" or key.startswith("$setElementOrder/"):
            continue
        if key.startswith("$deleteFromPrimitiveList/"):
            name = key.partition("/")[2]
            found[name] = [each for each in listed(found, name) if each not in value]
        elif key == "$retainKeys":
            found = {each: found[each] for each in found if each in value}
        elif value is None:
            found.pop(key, None)
        elif is_list(value):
            found[key] = _listed(key, found.get(key) or [], value)
        else:
            found[key] = strategic(found.get(key), value)
    return found


def _key(name: str, items: list[Any]) -> str | None:
    """The merge key of a list, if it has one."""
    if name == "ports":
        return next((key for key in PORTS if items and key in items[0]), None)
    return KEYS[name][0] if name in KEYS else None


def _listed(name: str, old: list[Any], new: list[Any]) -> list[Any]:
    if name in UNIONS:
        return [*old, *(each for each in new if each not in old)]
    key = _key(name, new) or _key(name, old)
    if key is None:
        return new
    if any(is_object(each) and "$patch" in each and key not in each for each in new):
        return [each for each in new if "$patch" not in each]
    found: list[Any] = list(old)
    for each in new:
        if key not in each:
            raise bad_request(f"map: {each} does not contain declared merge key: {key}")
        at = next((i for i, one in enumerate(found) if one.get(key) == each[key]), None)
        if each.get("$patch") == "delete":
            found = [one for one in found if one.get(key) != each[key]]
        elif at is None:
            found.append(strategic({}, each))
        else:
            found[at] = strategic(found[at], each)
    return found


def json_patch(target: Json, steps: Any) -> Json:
    """RFC 6902; 422 for a path that is not there."""
    if not is_list(steps):
        raise bad_request("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    found: Json = copy.deepcopy(target)
    for step in steps:
        try:
            _step(found, step)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
            message = f"the server rejected our request due to an error in our request: {error}"
            raise Refusal(422, "Invalid", message, {}) from None
    return found


def _parts(path: str) -> list[str]:
    if not path.startswith("/"):
        raise ValueError(path)
    return [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]


def _at(found: Any, parts: list[str]) -> Any:
    for part in parts:
        found = found[int(part)] if is_list(found) else found[part]
    return found


def _step(found: Json, step: Json) -> None:
    parts = _parts(step["path"])
    parent, last = _at(found, parts[:-1]), parts[-1]
    match step["op"]:
        case "add":
            _add(parent, last, copy.deepcopy(step["value"]))
        case "remove":
            _take(parent, last)
        case "replace":
            _at(parent, [last])
            parent[int(last) if is_list(parent) else last] = copy.deepcopy(step["value"])
        case "move":
            source = _parts(step["from"])
            _add(parent, last, _take(_at(found, source[:-1]), source[-1]))
        case "copy":
            _add(parent, last, copy.deepcopy(_at(found, _parts(step["from"]))))
        case "test":
            if _at(parent, [last]) != step.get("value"):
                raise ValueError(f"testing path {step['path']} value failed: test failed")
        case other:
            raise ValueError(f"Unexpected kind: {other}")


def _add(parent: Any, last: str, value: Any) -> None:
    if is_list(parent):
        parent.insert(len(parent) if last == "-" else int(last), value)
    else:
        parent[last] = value


def _take(parent: Any, last: str) -> Any:
    return parent.pop(int(last) if is_list(parent) else last)


def apply(target: Json, config: Json, manager: str, force: bool) -> Json:
    """Merge what a manager wants; what others own differently is a conflict unless forced."""
    if not manager:
        told = ("FieldValueRequired", "Required value: is required for apply patch", "fieldManager")
        raise invalid("PatchOptions", "", "meta.k8s.io", told)
    wanted = managed.leaves(config)
    taken = managed.owners(target, wanted, manager)
    clashes = [each for each in taken if managed.value(target, each) != managed.value(config, each)]
    if clashes and not force:
        owner = taken[clashes[0]]
        causes = [
            {"reason": "FieldManagerConflict", "message": f'conflict with "{taken[each]}"',
             "field": managed.dotted(each)} for each in clashes
        ]  # fmt: skip
        message = (
            f"Apply failed with {len(clashes)} conflict{'s'[: len(clashes) - 1]}: conflict"
            f'{"s"[: len(clashes) - 1]} with "{owner}": '
            + ", ".join(managed.dotted(each) for each in clashes)
        )
        raise Refusal(409, "Conflict", message, {"causes": causes})
    found: Json = strategic(managed.without(target, manager, wanted), config)
    return found


def read(body: bytes, content_type: str) -> Any:
    """A patch as it came; 400 when it is no JSON (or YAML for apply)."""
    try:
        if content_type == APPLY:
            return yaml.safe_load(body)
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise bad_request(f"error decoding patch: {error}") from None
