"""A server in one line: what it is, how busy, how full, how far its replicas are behind."""

from opsconsole.clean import Clean
from opsconsole.domains.database.redis import replication, wire
from opsconsole.domains.database.redis.wire import Info, column
from opsconsole.model import Limits, Quantity, Row
from opsconsole.spec import Probe

CONNECTIONS = Limits(80, 90, "ours; 90 as in awesome-prometheus-alerts, redis")

ROLES = {b"master": Clean("primary"), b"slave": Clean("replica")}


def keys(found: Info) -> int:
    """Keys of all databases."""
    each = (wire.pairs(v) for name, v in found.items() if name[:2] == b"db" and name[2:].isdigit())
    return sum(wire.whole(one, b"keys") or 0 for one in each)


def room(found: Info) -> tuple[int | None, Clean]:
    """Bytes that its data may take, and who says so."""
    limit = wire.whole(found, b"maxmemory")
    if limit:
        return limit, Clean("maxmemory")
    return wire.whole(found, b"total_system_memory"), Clean("machine")


def _hits(found: Info, before: Info | None) -> float | None:
    hits, misses = (
        wire.gain(found, before, name) for name in (b"keyspace_hits", b"keyspace_misses")
    )
    return wire.percent(hits, hits + misses) if hits is not None and misses is not None else None


def rows(found: Info, before: Info | None) -> list[Row]:
    """The only row."""
    clients, used = (wire.whole(found, key) for key in (b"connected_clients", b"used_memory"))
    limit, by = room(found)
    behind_s, behind_bytes = replication.behind(found)
    valkey = found.get(b"server_name") == b"valkey"
    role = found.get(b"role", b"")
    return [
        (
            ROLES.get(role, wire.text(found, b"role")),
            Clean("loading" if wire.flag(found, b"loading") else "up"),
            Clean("Valkey" if valkey else "Redis"),
            wire.text(found, b"valkey_version" if valkey else b"redis_version"),
            wire.text(found, b"redis_mode") or wire.text(found, b"server_mode"),
            wire.whole(found, b"uptime_in_seconds"),
            clients,
            wire.percent(clients, wire.whole(found, b"maxclients")),
            wire.whole(found, b"blocked_clients"),
            wire.gain(found, before, b"rejected_connections"),
            wire.rate(found, before, b"total_commands_processed"),
            _hits(found, before),
            wire.percent(used, limit),
            by,
            used,
            keys(found),
            behind_s,
            behind_bytes,
            wire.whole(found, b"connected_slaves"),
            wire.rate(found, before, b"total_net_input_bytes"),
            wire.rate(found, before, b"total_net_output_bytes"),
            wire.rate(found, before, b"total_error_replies"),
            wire.percent(_cpu(found, before), wire.elapsed(found, before)),
        )
    ]


def _cpu(found: Info, before: Info | None) -> float | None:
    """Seconds of processor its main thread took since: all of it where that is not told apart."""
    if before is None or found.get(b"run_id") != before.get(b"run_id"):
        return None
    names = (b"used_cpu_user_main_thread", b"used_cpu_sys_main_thread")
    if names[0] not in found:
        names = (b"used_cpu_user", b"used_cpu_sys")
    took = [wire.real(one, name) for name in names for one in (found, before)]
    if any(one is None for one in took):
        return None
    user, user_before, system, system_before = (one or 0.0 for one in took)
    return max(0.0, user + system - user_before - system_before)


OVERVIEW = Probe(
    "redis.overview",
    "Redis",
    "info",
    (
        column("role", "ROLE", Quantity.STATE, "role"),
        column("serving", "SERVES", Quantity.STATE, "loading"),
        column("product", "PRODUCT", Quantity.TEXT, "server_name"),
        column("version", "VERSION", Quantity.TEXT, "redis_version, valkey_version"),
        column("mode", "MODE", Quantity.TEXT, "redis_mode"),
        column("uptime_s", "UPTIME", Quantity.SECONDS, "uptime_in_seconds"),
        column("sessions_active", "ACTIVE", Quantity.COUNT, "connected_clients", history=True),
        column(
            "connections_percent",
            "CONN %",
            Quantity.PERCENT,
            "connected_clients of maxclients",
            CONNECTIONS,
            history=True,
        ),
        column("waiting_sessions", "WAITING", Quantity.COUNT, "blocked_clients", history=True),
        column("rejected", "REJECTED", Quantity.COUNT, "rejected_connections, since the last"),
        column("commands_per_s", "CMD/s", Quantity.PER_S, "total_commands_processed", history=True),
        column(
            "cache_hit_percent",
            "CACHE HIT",
            Quantity.PERCENT,
            "keyspace_hits of hits and misses, since the last",
            history=True,
        ),
        column(
            "memory_used_percent",
            "MEM%",
            Quantity.PERCENT,
            "used_memory of maxmemory, else of total_system_memory",
            history=True,
        ),
        column("memory_limit", "OF", Quantity.TEXT, "maxmemory: what the percentage is of"),
        column("size_bytes", "SIZE", Quantity.BYTES, "used_memory", history=True),
        column("keys", "KEYS", Quantity.COUNT, "keyspace, all databases", history=True),
        column(
            "replication_lag_s",
            "LAG",
            Quantity.SECONDS,
            "of a replica master_last_io_seconds_ago or master_link_down_since_seconds, "
            "of a primary the worst lag of its replicas",
            history=True,
        ),
        column(
            "replication_lag_bytes",
            "BEHIND",
            Quantity.BYTES,
            "of a replica what it has read and not applied, of a primary what the worst of its "
            "replicas has not confirmed",
            history=True,
        ),
        column("replicas", "REPLICAS", Quantity.COUNT, "connected_slaves"),
        column("in_bytes_per_s", "IN", Quantity.BYTES_PER_S, "total_net_input_bytes"),
        column("out_bytes_per_s", "OUT", Quantity.BYTES_PER_S, "total_net_output_bytes"),
        column("errors_per_s", "ERR/s", Quantity.PER_S, "total_error_replies", history=True),
        column(
            "cpu_percent",
            "CPU%",
            Quantity.PERCENT,
            "used_cpu_user and used_cpu_sys of the main thread: of one core",
            history=True,
        ),
    ),
    (),
    wire.info,
    rows,
    on_demand=False,
)
