"""Lists as the server prints them: names and counts of what must not be read, and other kinds."""

from typing import Any

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.watched import Meta, Object
from opsconsole.errors import Malformed
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe
from opsconsole.turn import Phase, Turn, unframed

ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io"
"""Asks for a table; a secret's values then never leave the server."""


class Line(Object, gc=False):
    """One row of a table, and whose it is."""

    cells: list[Any] = msgspec.field(default_factory=list[Any])

    def text(self, at: int) -> Clean:
        """A cell as text; empty when it is not there."""
        value = self.cells[at] if at < len(self.cells) else None
        return clean("" if value is None else str(value), 300)

    def count(self, at: int) -> int | None:
        """A cell as a number."""
        text = self.text(at)
        return int(text) if text.isdecimal() and len(text) < 10 else None


class _Holder(msgspec.Struct, gc=False):
    metadata: Meta = msgspec.field(default_factory=Meta)


class _Row(msgspec.Struct, gc=False):
    cells: list[Any] | None = None
    object: _Holder | None = None


class _Table(msgspec.Struct, gc=False):
    rows: list[_Row] | None = None


class _Event(msgspec.Struct, gc=False):
    type: str
    object: _Table


_PAGE = msgspec.json.Decoder(_Table)
_EVENT = msgspec.json.Decoder(_Event)


def read(payload: bytes) -> Turn[Line]:
    """What `Probe.read` of a watched table does; raises `Malformed`."""
    return turned(*unframed(payload))


def turned(phase: Phase, body: bytes) -> Turn[Line]:
    """A turn, taken out of its frame; raises `Malformed`."""
    try:
        if phase in (Phase.FIRST, Phase.PAGE):
            return Turn(phase, _lines(_PAGE.decode(body)))
        if phase is Phase.EVENTS:
            return _changes(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"what it prints of a list cannot be read: {error}") from error
    return Turn(phase)


def _lines(table: _Table) -> list[Line]:
    return [Line(row.object.metadata, row.cells or []) for row in table.rows or () if row.object]


def _changes(body: bytes) -> Turn[Line]:
    put: dict[tuple[str, str], Line] = {}
    gone: dict[tuple[str, str], Line] = {}
    for text in body.split(b"\n"):
        if not text:
            continue
        event = _EVENT.decode(text)
        for line in _lines(event.object):
            key = line.metadata.namespace, line.metadata.name
            mine, other = (gone, put) if event.type == "DELETED" else (put, gone)
            other.pop(key, None)
            mine[key] = line
    return Turn(Phase.EVENTS, tuple(put.values()), tuple(gone.values()))


def secret_rows(turn: Turn[Line], _before: Turn[Line] | None) -> list[Row]:
    """One row per secret: what it is, never what it says."""
    return [
        (
            values.word(one.metadata.namespace),
            values.name(one.metadata.name),
            one.text(1),
            one.count(2),
            values.moment(one.metadata.created),
            values.word(values.pairs(one.metadata.labels), 400),
            Clean("Secret"),
            values.name(one.metadata.uid),
        )
        for one in turn.put
    ]


SECRET = Probe(
    "kubernetes.secret",
    "Secrets",
    "secrets",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, "secret metadata.namespace"),
        Column("name", "SECRET", Quantity.TEXT, "secret metadata.name"),
        Column("type", "TYPE", Quantity.TEXT, "secret as a table: Type"),
        Column("keys", "KEYS", Quantity.COUNT, "secret as a table: Data, how many there are"),
        Column("created", "AGE", Quantity.SINCE, "secret metadata.creationTimestamp"),
        Column("labels", "LABELS", Quantity.TEXT, "secret metadata.labels"),
        Column("kind", "KIND", Quantity.TEXT, "secret kind"),
        Column("uid", "UID", Quantity.TEXT, "secret metadata.uid"),
    ),
    ("namespace", "name"),
    read,
    secret_rows,
    named=("namespace", "name"),
)


def config_map_rows(turn: Turn[Line], _before: Turn[Line] | None) -> list[Row]:
    """One row per config map."""
    return [
        (
            values.word(one.metadata.namespace),
            values.name(one.metadata.name),
            one.count(1),
            values.moment(one.metadata.created),
            values.word(values.pairs(one.metadata.labels), 400),
            Clean("ConfigMap"),
            values.name(one.metadata.uid),
        )
        for one in turn.put
    ]


CONFIG_MAP = Probe(
    "kubernetes.config-map",
    "Config maps",
    "configmaps",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, "config map metadata.namespace"),
        Column("name", "CONFIGMAP", Quantity.TEXT, "config map metadata.name"),
        Column("keys", "KEYS", Quantity.COUNT, "config map as a table: Data"),
        Column("created", "AGE", Quantity.SINCE, "config map metadata.creationTimestamp"),
        Column("labels", "LABELS", Quantity.TEXT, "config map metadata.labels"),
        Column("kind", "KIND", Quantity.TEXT, "config map kind"),
        Column("uid", "UID", Quantity.TEXT, "config map metadata.uid"),
    ),
    ("namespace", "name"),
    read,
    config_map_rows,
    named=("namespace", "name"),
)


def namespace_rows(turn: Turn[Line], _before: Turn[Line] | None) -> list[Row]:
    """One row per namespace."""
    return [
        (
            values.name(one.metadata.name),
            Clean("Terminating") if one.metadata.deleted else one.text(1),
            values.moment(one.metadata.created),
            values.word(values.pairs(one.metadata.labels), 400),
            Clean("Namespace"),
            values.name(one.metadata.uid),
        )
        for one in turn.put
    ]


NAMESPACE = Probe(
    "kubernetes.namespace",
    "Namespaces",
    "namespaces",
    (
        Column("name", "NAMESPACE", Quantity.TEXT, "namespace metadata.name"),
        Column("status", "STATUS", Quantity.STATE, "namespace as a table: Status"),
        Column("created", "AGE", Quantity.SINCE, "namespace metadata.creationTimestamp"),
        Column("labels", "LABELS", Quantity.TEXT, "namespace metadata.labels"),
        Column("kind", "KIND", Quantity.TEXT, "namespace kind"),
        Column("uid", "UID", Quantity.TEXT, "namespace metadata.uid"),
    ),
    ("name",),
    read,
    namespace_rows,
)
