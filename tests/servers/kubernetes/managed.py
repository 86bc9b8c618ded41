"""Who set which field: `managedFields`, as far as server-side apply needs them."""

from typing import Any  # values of JSON have no narrower type here

from tests.servers.kubernetes.refusal import Json, inside, is_list, is_object, listed
from tests.servers.kubernetes.store import now

Path = tuple[str, ...]

_NOT_OWNED = {"name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
              "managedFields", "generateName", "deletionTimestamp",
              "deletionGracePeriodSeconds"}  # fmt: skip


def leaves(obj: Json) -> set[Path]:
    """Paths of all fields below spec, status, data and metadata; a list is one field, but for lists
    of objects with a name, whose items are told apart.
    """
    found: set[Path] = set()
    for key, value in obj.items():
        if key == "metadata":
            for name, each in value.items():
                if name not in _NOT_OWNED:
                    _walk(each, ("metadata", name), found)
        elif key not in {"kind", "apiVersion"}:
            _walk(value, (key,), found)
    return found


def _named(value: list[Any]) -> bool:
    return bool(value) and all(is_object(each) and "name" in each for each in value)


def _walk(value: Any, at: Path, found: set[Path]) -> None:
    if is_object(value) and value:
        for key, each in value.items():
            _walk(each, (*at, key), found)
    elif is_list(value) and _named(value):
        for each in value:
            _walk(each, (*at, f"[{each['name']}]"), found)
    else:
        found.add(at)


def _inner(obj: Any, key: str) -> Any:
    if is_object(obj):
        return obj.get(key)
    if is_list(obj):
        return next((each for each in obj if f"[{each.get('name')}]" == key), None)
    return None


def value(obj: Json, path: Path) -> Any:
    """What stands at a path, or None."""
    at: Any = obj
    for key in path:
        at = _inner(at, key)
    return at


def dotted(path: Path) -> str:
    """A path as conflicts name it: `.spec.containers[name="c"].image`."""
    return "".join(f'[name="{key[1:-1]}"]' if key[0] == "[" else f".{key}" for key in path)


def _fields(paths: set[Path]) -> Json:
    found: Json = {}
    for path in sorted(paths):
        at = found
        for key in path:
            name = f'k:{{"name":"{key[1:-1]}"}}' if key.startswith("[") else f"f:{key}"
            at = at.setdefault(name, {})
    return found


def _paths(fields: Json, at: Path = ()) -> set[Path]:
    found: set[Path] = set()
    for name, inner in fields.items():
        if name == ".":
            continue
        key = f"[{name[10:-2]}]" if name.startswith('k:{"name":') else name[2:]
        found |= _paths(inner, (*at, key)) if inner else {(*at, key)}
    return found


def owners(obj: Json, wanted: set[Path], manager: str) -> dict[Path, str]:
    """Which of these fields another manager set."""
    found: dict[Path, str] = {}
    for entry in listed(obj["metadata"], "managedFields"):
        if entry["manager"] != manager:
            mine = wanted & _paths(inside(entry, "fieldsV1"))
            found |= {path: str(entry["manager"]) for path in sorted(mine)}
    return found


def without(obj: Json, manager: str, wanted: set[Path]) -> Json:
    """The object without fields that only this manager applied and no longer wants."""
    entries = listed(obj["metadata"], "managedFields")
    mine: set[Path] = set()
    others: set[Path] = set()
    for entry in entries:
        paths = _paths(inside(entry, "fieldsV1"))
        if entry["manager"] == manager and entry["operation"] == "Apply":
            mine |= paths
        else:
            others |= paths
    for path in mine - others - wanted:
        _drop(obj, path)
    return obj


def _drop(obj: Json, path: Path) -> None:
    above = value(obj, path[:-1])
    if is_object(above):
        above.pop(path[-1], None)


def note(
    obj: Json, before: Json | None, manager: str, operation: str, api_version: str,
    subresource: str = "", applied: Json | None = None,
) -> None:  # fmt: skip
    """Enter into the object's managedFields what a manager changed, or applied."""
    if applied is not None:
        changed = leaves(applied)
    else:
        changed = {
            path
            for path in leaves(obj)
            if before is None or value(obj, path) != value(before, path)
        }
    meta = obj["metadata"]
    entries: list[Json] = list(listed(meta, "managedFields"))
    same = (manager, operation, subresource)
    kept = [each for each in entries if _who(each) != same]
    mine = next((each for each in entries if _who(each) == same), None)
    if mine is not None and applied is None:
        here = leaves(obj)
        changed |= {path for path in _paths(mine["fieldsV1"]) if path in here}
    if not changed:
        return
    entry: Json = {
        "manager": manager,
        "operation": operation,
        "apiVersion": api_version,
        "time": now(),
        "fieldsType": "FieldsV1",
        "fieldsV1": _fields(changed),
    }
    if subresource:
        entry["subresource"] = subresource
    taken = {path for path in changed if value(obj, path) != value(before or {}, path)}
    for each in kept:  # what is set anew no longer belongs to those who set it before
        each["fieldsV1"] = _fields(_paths(each["fieldsV1"]) - taken)
    meta["managedFields"] = [each for each in kept if each["fieldsV1"]] + [entry]


def _who(entry: Json) -> tuple[str, str, str]:
    return entry["manager"], entry["operation"], entry.get("subresource", "")
