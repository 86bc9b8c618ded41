"""Objects of the kind that somebody chose, in the columns that the server itself prints."""

from typing import NamedTuple

import msgspec

from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.domains.cloud.kubernetes import printed, values
from opsconsole.errors import Malformed
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe
from opsconsole.turn import Phase, Turn, unframed

CELLS, CELL, TITLE = 12, 100, 20
"""Columns that a server prints, and characters of a cell and of a title."""

KEYS = tuple(f"c{at}" for at in range(1, CELLS + 1))


class Printed(NamedTuple):
    """One object, and of which kind it is."""

    kind: Clean
    """In full: `gadgets.v1.example.com`."""
    line: printed.Line


def _opened(payload: bytes) -> tuple[Phase, Clean, bytes]:
    """A turn of a list that was chosen begins with which one it is."""
    phase, body = unframed(payload)
    kind, _, rest = body.partition(b"\n")
    return phase, clean_bytes(kind, 400), rest


def read(payload: bytes) -> Turn[Printed]:
    """Raises `Malformed`."""
    phase, kind, body = _opened(payload)
    turn = printed.turned(phase, body)
    put, gone = ([Printed(kind, one) for one in lines] for lines in (turn.put, turn.gone))
    return Turn(phase, put, gone)


def rows(turn: Turn[Printed], _before: Turn[Printed] | None) -> list[Row]:
    """One row per object."""
    return [
        (
            kind,
            values.word(one.metadata.namespace),
            values.name(one.metadata.name),
            *(_cell(one.cells, at) for at in range(CELLS)),
            values.moment(one.metadata.created),
            values.word(values.pairs(one.metadata.labels), 400),
            values.name(one.metadata.uid),
        )
        for kind, one in turn.put
    ]


def _cell(cells: list[object], at: int) -> Clean:
    value = cells[at] if at < len(cells) else None
    if isinstance(value, bool):
        return Clean(str(value).lower())
    return Clean("") if value is None else clean(str(value), CELL)


class _Definition(msgspec.Struct):
    name: str = ""
    format: str = ""
    priority: int = 0


class _Heads(msgspec.Struct, rename="camel"):
    column_definitions: list[_Definition] | None = None


_HEADS = msgspec.json.Decoder(_Heads)


class Heads(NamedTuple):
    """What the server calls the columns of a kind."""

    kind: Clean
    titles: tuple[Clean, ...]
    wide: tuple[str, ...]
    """Keys of those that `kubectl` shows with `-o wide` only."""


def read_heads(payload: bytes) -> Turn[Heads]:
    """Each page says them; the first is enough. Raises `Malformed`."""
    phase, kind, body = _opened(payload)
    if phase is not Phase.FIRST:
        return Turn(phase)
    try:
        found = _HEADS.decode(body).column_definitions or []
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"what its columns are called cannot be read: {error}") from error
    shown = found[:CELLS]
    titles = [Clean("") if _ours(one) else clean(one.name.upper(), TITLE) for one in shown]
    titles += [Clean("")] * (CELLS - len(titles))
    wide = tuple(key for key, one in zip(KEYS, shown, strict=False) if one.priority)
    return Turn(phase, [Heads(kind, tuple(titles), wide)])


def _ours(one: _Definition) -> bool:
    """Names stand in front anyway, and an age that is printed stands still."""
    return one.format == "name" or one.name in {"Name", "Namespace", "Age"}


def head_rows(turn: Turn[Heads], _before: Turn[Heads] | None) -> list[Row]:
    """The only row: titles by key."""
    return [(*one.titles, Clean(" ".join(one.wide)), one.kind) for one in turn.put]


_PRINTED = "the object as a table"

OBJECT = Probe(
    "kubernetes.object",
    "Objects",
    "objects",
    (
        Column("kind", "KIND", Quantity.TEXT, "resource, version and group of the chosen kind"),
        Column("namespace", "NAMESPACE", Quantity.TEXT, "metadata.namespace"),
        Column("name", "NAME", Quantity.TEXT, "metadata.name"),
        *(Column(key, key.upper(), Quantity.TEXT, f"{_PRINTED}: cell {key[1:]}") for key in KEYS),
        Column("created", "AGE", Quantity.SINCE, "metadata.creationTimestamp"),
        Column("labels", "LABELS", Quantity.TEXT, "metadata.labels"),
        Column("uid", "UID", Quantity.TEXT, "metadata.uid"),
    ),
    ("kind", "namespace", "name"),
    read,
    rows,
    named=("namespace", "name"),
)

HEADS = Probe(
    "kubernetes.object-heads",
    "Columns of objects",
    "objects",
    (
        *(
            Column(key, key.upper(), Quantity.TEXT, f"{_PRINTED}: columnDefinitions name")
            for key in KEYS
        ),
        Column("wide", "WIDE", Quantity.TEXT, f"{_PRINTED}: columnDefinitions priority"),
        Column("subject", "KIND", Quantity.TEXT, "resource, version and group of the chosen kind"),
    ),
    ("subject",),
    read_heads,
    head_rows,
)
