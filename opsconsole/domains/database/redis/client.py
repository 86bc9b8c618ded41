"""Who is connected to a server, what it last asked for, and how much is kept for it."""

from opsconsole import reply
from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.database.redis import wire
from opsconsole.domains.database.redis.wire import Info
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Probe

_LIST = "CLIENT LIST"

KINDS = {
    ord("S"): Clean("replica"),
    ord("M"): Clean("primary"),
    ord("O"): Clean("monitor"),
    ord("P"): Clean("subscriber"),
    ord("b"): Clean("blocked"),
}
"""By the first flag that says more than `N`, in this order."""


def read(payload: bytes) -> list[Info]:
    """Every client's fields."""
    (part,) = parted(payload, 1)
    return clients(reply.read(part, bytes))


def clients(text: bytes) -> list[Info]:
    """Lines of CLIENT LIST; one without an id is passed over."""
    found = (wire.pairs(line, b" ") for line in text.splitlines())
    return [one for one in found if wire.whole(one, b"id") is not None]


def kind(found: Info) -> Clean:
    """What a connection is for."""
    flags = found.get(b"flags", b"")
    return next((said for flag, said in KINDS.items() if flag in flags), Clean("normal"))


def rows(reading: list[Info], _before: list[Info] | None) -> list[Row]:
    """One row per client."""
    return [
        (
            wire.whole(one, b"id"),
            wire.text(one, b"addr"),
            wire.text(one, b"name"),
            wire.text(one, b"user"),
            kind(one),
            wire.whole(one, b"age"),
            wire.whole(one, b"idle"),
            clean_bytes(one.get(b"cmd", b"").replace(b"|", b" "), 40),
            wire.whole(one, b"db"),
            wire.whole(one, b"tot-mem"),
            wire.whole(one, b"omem"),
            sum(wire.whole(one, name) or 0 for name in (b"sub", b"psub", b"ssub")),
            wire.text(one, b"flags", 20),
            clean_bytes(b" ".join(filter(None, (one.get(b"lib-name"), one.get(b"lib-ver")))), 40),
        )
        for one in reading
    ]


def _field(key: str, title: str, quantity: Quantity, name: str) -> Column:
    return Column(key, title, quantity, f"{_LIST} {name}")


CLIENT = Probe(
    "redis.client",
    "Clients",
    "clients",
    (
        _field("id", "ID", Quantity.COUNT, "id"),
        _field("addr", "ADDRESS", Quantity.TEXT, "addr"),
        _field("name", "NAME", Quantity.TEXT, "name"),
        _field("user", "USER", Quantity.TEXT, "user"),
        _field("kind", "KIND", Quantity.STATE, "flags: S, M, O, P, b"),
        _field("age_s", "AGE", Quantity.SECONDS, "age"),
        _field("idle_s", "IDLE", Quantity.SECONDS, "idle"),
        _field("command", "COMMAND", Quantity.TEXT, "cmd, the last one"),
        _field("db", "DB", Quantity.COUNT, "db"),
        _field("memory_bytes", "MEMORY", Quantity.BYTES, "tot-mem"),
        _field("output_bytes", "OUTPUT", Quantity.BYTES, "omem: what it has not fetched"),
        _field("subscriptions", "SUBSCR", Quantity.COUNT, "sub, psub and ssub"),
        _field("flags", "FLAGS", Quantity.TEXT, "flags"),
        _field("library", "LIBRARY", Quantity.TEXT, "lib-name and lib-ver"),
    ),
    ("id", "addr"),
    read,
    rows,
)
