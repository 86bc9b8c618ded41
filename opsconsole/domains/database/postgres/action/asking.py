"""How an action looks: a statement that answers one object as JSON, its facts as text."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import cast

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Denied, Gone, Malformed, Refused, Unsupported
from opsconsole.plan import Thing
from opsconsole.spec import Facts, Look

_HERE = __name__.rpartition(".")[0]


@cache
def _text(name: str) -> str:
    text = resources.files(_HERE).joinpath("sql", f"{name}.sql").read_text("utf-8")
    return " ".join(text.split())


def statement(name: str) -> str:
    """The text of a file in `sql`, on one line: it is shown, confirmed and audited."""
    return _text(name)


def pin(thing: Thing, name: str) -> str:
    """What pins the object by that name; raises `Refused` without it."""
    value = dict(thing.pins).get(name, "")
    if not value:
        raise Refused(f"{thing.target}: {thing.name or 'the object'} has no {name}", "unknown")
    return value


def number(thing: Thing, name: str, most: int = 2**31 - 1) -> str:
    """A pin that is a whole number; raises `Refused` for anything else."""
    value = pin(thing, name)
    if not (value.isascii() and value.isdigit() and len(value) < 12 and int(value) <= most):
        raise Refused(f"{thing.target}: {str(clean(value))!r} is no {name}", "unknown")
    return value


def look(name: str, words: Callable[[Thing], tuple[str, ...]]) -> Look:
    """Ask the statement of a file, with what names the object as its parameters."""
    return Look(lambda thing: (statement(name), *words(thing)), read)


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """The facts; raises `Gone` for no row, `Denied` or `Unsupported` for a refusal."""
    said = clean_bytes(b" ".join(out.split()), 200)
    if status:
        kind = Denied if "(42501)" in said else Unsupported
        raise kind(f"{thing.target}: the server refuses: {said}")
    lines = [line for line in out.splitlines() if line.startswith(b"{")]
    if not lines:
        raise Gone(f"{thing.target}: {thing.name or 'it'} is not there any more")
    try:
        found = json.loads(lines[0])
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Malformed(f"{thing.target}: no answer that can be understood: {said}")
    return {name: _said(value) for name, value in cast("Mapping[str, object]", found).items()}


def _said(value: object) -> str:
    if value is None or value is False:
        return ""
    return "yes" if value is True else f"{value:g}" if isinstance(value, float) else str(value)


def identifier(name: str) -> str:
    """A name as SQL writes it, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text as SQL writes it, however the server reads backslashes."""
    return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
