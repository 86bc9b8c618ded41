"""Targets written back as an estate file, for people who want one to edit."""

import re
from collections.abc import Iterable, Mapping

from opsconsole.estate.way import PATHS
from opsconsole.model import Target
from opsconsole.secret import Secret

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def render(targets: Iterable[Target]) -> str:
    """Write TOML that `load` reads back as the same targets; what goes without saying is left out.

    Labels of groups are written with each target, and groups without any.
    """
    listed = list(targets)
    groups = sorted({group for target in listed for group in target.groups})
    parts = ["".join(f"[group.{_key(group)}]\n" for group in groups)] if groups else []
    parts += ["".join(f"{line}\n" for line in _lines(target)) for target in listed]
    return "\n".join(parts)


def _lines(target: Target) -> Iterable[str]:
    yield f"[target.{_key(target.id)}]"
    if target.kind != "host":
        yield f"kind = {_text(target.kind)}"
    if target.transport == "local":
        yield 'transport = "local"'
    else:
        if target.transport != "ssh" or target.address == "local":
            yield f"transport = {_text(target.transport)}"
        if target.address != target.id:
            yield f"address = {_text(target.address)}"
    if target.port is not None:
        yield f"port = {target.port}"
    if target.user is not None:
        yield f"user = {_text(target.user)}"
    yield from _settings(target.settings)
    yield from _relations(target)


def _relations(target: Target) -> Iterable[str]:
    if target.labels:
        yield f"labels = {_table(target.labels)}"
    if target.groups:
        yield f"groups = {_list(target.groups)}"
    if target.intervals:
        yield f"intervals = {_table(target.intervals)}"
    if target.depends_on:
        fed = {feed.partition("/")[0] for feed in target.fed_by}
        if others := [one for one in target.depends_on if one not in fed]:
            yield f"depends_on = {_list(others)}"
    if target.fed_by:
        yield f"fed_by = {_list(target.fed_by)}"


def _settings(settings: Mapping[str, object]) -> Iterable[str]:
    for key in (*PATHS, "jump"):
        if key in settings:
            yield f"{key} = {_text(str(settings[key]))}"
    password = settings.get("password")
    if isinstance(password, Secret):
        yield f"password = {{ {password.kind} = {_reference(password)} }}"


def _reference(secret: Secret) -> str:
    match secret.kind:
        case "command":
            return _list(secret.reference)
        case _:
            return _text("/".join(secret.reference))


def _table(items: Mapping[str, str] | Mapping[str, float]) -> str:
    return "{ " + ", ".join(f"{_key(key)} = {_value(value)}" for key, value in items.items()) + " }"


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return _text(value)
    return repr(int(value)) if value == int(value) else repr(value)


def _list(items: Iterable[str]) -> str:
    return "[" + ", ".join(map(_text, items)) + "]"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char) or _escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    return char if char.isprintable() else f"\\U{ord(char):08x}"
