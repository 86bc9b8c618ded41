"""Who stands beside a watched primary: its replicas, and the other sentinels."""

from typing import cast

from opsconsole import reply
from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.database.redis import wire
from opsconsole.domains.database.redis.wire import Info
from opsconsole.domains.database.sentinel.primary import address, state
from opsconsole.errors import Malformed
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Probe

Reading = list[tuple[bytes, Clean, Info]]
"""Name of a primary, what the peer is, its fields."""


def read(payload: bytes) -> Reading:
    """Replicas and sentinels of all primaries."""
    found: Reading = []
    for part, what in zip(parted(payload, 2), ("replica", "sentinel"), strict=True):
        for name, peers in reply.read(part, list[tuple[bytes, object]]):
            found += [(name, Clean(what), one) for one in _each(peers)]
    return found


def _each(peers: object) -> list[Info]:
    if not isinstance(peers, list):
        raise Malformed(f"no list of peers: {clean_bytes(str(peers).encode(), 80)}")
    return [wire.flat(one) for one in wire.lists(cast("object", peers))]


def rows(reading: Reading, _before: Reading | None) -> list[Row]:
    """One row per peer."""
    return [
        (
            clean_bytes(name, 80),
            what,
            address(one),
            state(one.get(b"flags", b"")),
            wire.text(one, b"master-link-status", 20),
            wire.whole(one, b"slave-priority"),
            wire.whole(one, b"slave-repl-offset"),
            clean_bytes(one.get(b"voted-leader", b"").strip(b"?"), 40),
            wire.text(one, b"flags"),
        )
        for name, what, one in reading
    ]


_REPLICAS = "SENTINEL REPLICAS"

PEER = Probe(
    "redis-sentinel.peer",
    "Replicas and sentinels",
    "peers",
    (
        Column("primary", "OF", Quantity.TEXT, "SENTINEL MASTERS name"),
        Column("role", "ROLE", Quantity.STATE, f"{_REPLICAS} or SENTINEL SENTINELS"),
        Column("address", "ADDRESS", Quantity.TEXT, "… ip and port"),
        Column("state", "STATE", Quantity.STATE, "… flags"),
        Column("link", "LINK", Quantity.STATE, f"{_REPLICAS} master-link-status"),
        Column("priority", "PRIORITY", Quantity.COUNT, f"{_REPLICAS} slave-priority; 0 is never"),
        Column("offset", "OFFSET", Quantity.COUNT, f"{_REPLICAS} slave-repl-offset"),
        Column("voted", "VOTED", Quantity.TEXT, "SENTINEL SENTINELS voted-leader"),
        Column("flags", "FLAGS", Quantity.TEXT, "… flags"),
    ),
    ("primary", "role", "address"),
    read,
    rows,
)
