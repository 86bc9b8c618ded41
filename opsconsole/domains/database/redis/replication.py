"""Who copies from whom, and how far behind: replicas of a primary, the primary of a replica."""

from collections.abc import Iterator

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.redis import wire
from opsconsole.domains.database.redis.wire import Info, column
from opsconsole.model import Limits, Quantity, Row
from opsconsole.spec import Probe

LAG = Limits(10, 60, "redis.conf: min-replicas-max-lag 10, repl-timeout 60")
BACKLOG = Limits(80, 100, "beyond repl-backlog-size a broken link costs a full copy")


def _replicas(found: Info) -> Iterator[tuple[Info, int | None]]:
    """Fields of each replica, and bytes that it has not confirmed."""
    top = wire.whole(found, b"master_repl_offset")
    for name, value in found.items():
        if name[:5] == b"slave" and name[5:].isdigit():
            one = wire.pairs(value)
            offset = wire.whole(one, b"offset")
            known = top is not None and offset is not None
            yield one, max(0, top - offset) if known else None  # type: ignore[operator]


def _unapplied(found: Info) -> int | None:
    read, applied = (
        wire.whole(found, key) for key in (b"slave_read_repl_offset", b"slave_repl_offset")
    )
    return max(0, read - applied) if read is not None and applied is not None else None


def _silence(found: Info) -> int | None:
    """Seconds since a replica heard of its primary."""
    if found.get(b"master_link_status") == b"up":
        return wire.whole(found, b"master_last_io_seconds_ago")
    return wire.whole(found, b"master_link_down_since_seconds")


def behind(found: Info) -> tuple[int | None, int | None]:
    """Seconds and bytes; of a primary the worst of its replicas, None without one."""
    if found.get(b"role") == b"slave":
        return _silence(found), _unapplied(found)
    all_ = list(_replicas(found))
    seconds = [lag for one, _ in all_ if (lag := wire.whole(one, b"lag")) is not None]
    sizes = [size for _, size in all_ if size is not None]
    return max(seconds, default=None), max(sizes, default=None)


def rows(found: Info, _before: Info | None) -> list[Row]:
    """One row per other server."""
    backlog = wire.whole(found, b"repl_backlog_size")
    made: list[Row] = []
    if found.get(b"role") == b"slave":
        peer = f"{wire.text(found, b'master_host')}:{wire.text(found, b'master_port')}"
        unapplied = _unapplied(found)
        copies = wire.flag(found, b"master_sync_in_progress")
        made.append(
            (
                clean(peer),
                Clean("primary"),
                Clean("copying") if copies else wire.text(found, b"master_link_status"),
                _silence(found),
                unapplied,
                wire.percent(unapplied, backlog),
                wire.whole(found, b"slave_repl_offset"),
            )
        )
    for one, size in _replicas(found):
        made.append(
            (
                clean(f"{wire.text(one, b'ip')}:{wire.text(one, b'port')}"),
                Clean("replica"),
                wire.text(one, b"state"),
                wire.whole(one, b"lag"),
                size,
                wire.percent(size, backlog),
                wire.whole(one, b"offset"),
            )
        )
    return made


REPLICATION = Probe(
    "redis.replication",
    "Replication",
    "info",
    (
        column("peer", "PEER", Quantity.TEXT, "slaveN ip and port; master_host and master_port"),
        column("role", "ROLE", Quantity.STATE, "what the peer is"),
        column("state", "STATE", Quantity.STATE, "slaveN state; master_link_status"),
        column(
            "lag_s",
            "LAG",
            Quantity.SECONDS,
            "slaveN lag; master_last_io_seconds_ago, or master_link_down_since_seconds",
            LAG,
            history=True,
        ),
        column(
            "lag_bytes",
            "BEHIND",
            Quantity.BYTES,
            "master_repl_offset less slaveN offset; slave_read_repl_offset less slave_repl_offset",
            history=True,
        ),
        column(
            "backlog_percent",
            "BACKLOG%",
            Quantity.PERCENT,
            "the same of repl_backlog_size",
            BACKLOG,
        ),
        column("offset", "OFFSET", Quantity.COUNT, "slaveN offset; slave_repl_offset"),
    ),
    ("peer",),
    wire.info,
    rows,
    on_demand=False,
    quiet=True,
)
