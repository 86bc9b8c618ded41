"""What an action finds of its object: pins that are held to a shape, rows as lines of JSON."""

import re
from typing import NamedTuple

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Denied, Malformed, Refused
from opsconsole.plan import Thing

Row = dict[str, str | int | float | None]


class Right(NamedTuple):
    """What it takes to look."""

    lacks: re.Pattern[bytes]
    """How a refusal for want of it begins."""
    remedy: str


def pin(thing: Thing, name: str) -> str:
    """What pins the object by that name; raises `Refused` without it."""
    for known, value in thing.pins:
        if known == name and value:
            return value
    raise Refused(f"{thing.target}: {thing.name or 'the object'} has no {name}", "unknown")


def number(thing: Thing, name: str) -> str:
    """A pin that is a whole number; raises `Refused` for anything else."""
    value = pin(thing, name)
    if not (value.isascii() and value.isdigit() and len(value) < 21):
        raise Refused(f"{thing.target}: {clean(value, 40)!r} is no {name}", "unknown")
    return value


def rows(thing: Thing, status: int, out: bytes, right: Right) -> list[Row]:
    """What was found, by names in small letters; raises `Denied` or `Malformed` for a refusal."""
    if status:
        said = clean_bytes(b" ".join(out.split()), 200)
        what = f"{thing.target}: the server refuses to be looked at: {said}"
        if right.lacks.match(out):
            raise Denied(what, right.remedy)
        raise Malformed(what)
    try:
        lines = [msgspec.json.decode(line, type=Row) for line in out.splitlines()]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"{thing.target}: no rows: {clean(str(error))}") from None
    return [{name.lower(): value for name, value in line.items()} for line in lines]


def said(row: Row, *names: str, limit: int = 256) -> str:
    """The first of these that is there, as clean text; empty for none."""
    for name in names:
        value = row.get(name)
        if value is not None:
            whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
            text = str(int(value)) if whole else str(value)
            return clean(" ".join(text[: 4 * limit].split()), limit)
    return ""
