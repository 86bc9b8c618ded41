"""A cluster as one of its nodes sees it: its state, its slots, its nodes."""

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.database.redis import wire
from opsconsole.domains.database.redis.wire import Info
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Probe

SLOTS = 16384

FLAGS = (
    (b"fail", Clean("failed")),
    (b"fail?", Clean("suspect")),
    (b"handshake", Clean("greeting")),
    (b"noaddr", Clean("lost")),
)
"""Flags of a node that say it is not as it should be, the worst first."""


def read_state(payload: bytes) -> Info | None:
    """CLUSTER INFO; None of a server that is no node of a cluster."""
    state, _ = parted(payload, 2)
    lines = wire.lines(state)
    return None if lines is None else wire.fields(b"\n".join(lines))


def state_rows(found: Info | None, _before: Info | None) -> list[Row]:
    """The only row."""
    if found is None:
        return []
    assigned = wire.whole(found, b"cluster_slots_assigned")
    return [
        (
            wire.text(found, b"cluster_state", 20),
            max(0, SLOTS - assigned) if assigned is not None else None,
            wire.whole(found, b"cluster_slots_ok"),
            wire.whole(found, b"cluster_slots_pfail"),
            wire.whole(found, b"cluster_slots_fail"),
            wire.whole(found, b"cluster_known_nodes"),
            wire.whole(found, b"cluster_size"),
            wire.whole(found, b"cluster_current_epoch"),
        )
    ]


def read_nodes(payload: bytes) -> list[list[bytes]]:
    """Words of every node; none of a server that is no node of a cluster."""
    _, nodes = parted(payload, 2)
    return [words for line in wire.lines(nodes) or () if len(words := line.split()) >= 8]


def slots(words: list[bytes]) -> int:
    """How many slots `0-5460 5462` are; one that moves (`[…]`) still counts where it is."""
    total = 0
    for word in words:
        first, _, last = word.partition(b"-")
        ends = [int(one) for one in (first, last or first) if one.isdigit() and len(one) < 6]
        if len(ends) == 2 and ends[0] <= ends[1] < SLOTS:
            total += ends[1] - ends[0] + 1
    return total


def node_rows(nodes: list[list[bytes]], _before: list[list[bytes]] | None) -> list[Row]:
    """One row per node that is known."""
    made: list[Row] = []
    for id_, addr, flags, primary, _, heard, epoch, link, *owned in nodes:
        said = flags.split(b",")
        linked = clean_bytes(link, 20)
        made.append(
            (
                clean_bytes(id_, 40),
                clean_bytes(addr.partition(b"@")[0], 80),
                Clean("primary" if b"master" in said else "replica"),
                next((state for flag, state in FLAGS if flag in said), linked),
                slots(owned),
                clean_bytes(b"" if primary == b"-" else primary, 40),
                b"myself" in said,
                int(heard) / 1000 if heard.isdigit() and 0 < len(heard) < 16 else None,
                wire.whole({b"e": epoch}, b"e"),
            )
        )
    return made


_INFO = "CLUSTER INFO"
_NODES = "CLUSTER NODES"

CLUSTER = Probe(
    "redis.cluster",
    "Cluster",
    "cluster",
    (
        Column("state", "STATE", Quantity.STATE, f"{_INFO} cluster_state"),
        Column("uncovered", "UNCOVERED", Quantity.COUNT, f"16384 less {_INFO} …_slots_assigned"),
        Column("slots_ok", "SLOTS OK", Quantity.COUNT, f"{_INFO} cluster_slots_ok"),
        Column("slots_suspect", "SUSPECT", Quantity.COUNT, f"{_INFO} cluster_slots_pfail"),
        Column("slots_failed", "FAILED", Quantity.COUNT, f"{_INFO} cluster_slots_fail"),
        Column("nodes", "NODES", Quantity.COUNT, f"{_INFO} cluster_known_nodes"),
        Column("primaries", "PRIMARIES", Quantity.COUNT, f"{_INFO} cluster_size"),
        Column("epoch", "EPOCH", Quantity.COUNT, f"{_INFO} cluster_current_epoch"),
    ),
    (),
    read_state,
    state_rows,
)

NODE = Probe(
    "redis.node",
    "Nodes",
    "cluster",
    (
        Column("id", "ID", Quantity.TEXT, f"{_NODES} 1st"),
        Column("addr", "ADDRESS", Quantity.TEXT, f"{_NODES} 2nd"),
        Column("role", "ROLE", Quantity.STATE, f"{_NODES} flags"),
        Column("state", "STATE", Quantity.STATE, f"{_NODES} flags, else the state of the link"),
        Column("slots", "SLOTS", Quantity.COUNT, f"{_NODES} from the 9th on"),
        Column("primary", "PRIMARY", Quantity.TEXT, f"{_NODES} 4th: whom it copies"),
        Column("itself", "ITSELF", Quantity.FLAG, f"{_NODES} flags: who was asked"),
        Column("heard", "HEARD", Quantity.TIME, f"{_NODES} pong-recv"),
        Column("epoch", "EPOCH", Quantity.COUNT, f"{_NODES} config-epoch"),
    ),
    ("id",),
    read_nodes,
    node_rows,
)
