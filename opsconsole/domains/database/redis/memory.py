"""Where the memory of a server goes, what it has to throw away, and keys by database."""

from opsconsole.clean import clean_bytes
from opsconsole.domains.database.redis import wire
from opsconsole.domains.database.redis.wire import Info, column
from opsconsole.model import Limits, Quantity, Row
from opsconsole.spec import Probe

FULL = Limits(80, 90, "90 as in netdata, redis and awesome-prometheus-alerts, redis")


def rows(found: Info, before: Info | None) -> list[Row]:
    """The only row."""
    used, limit = (wire.whole(found, name) for name in (b"used_memory", b"maxmemory"))
    replicas = wire.whole(found, b"mem_total_replication_buffers")
    return [
        (
            used,
            wire.percent(used, limit),
            limit or None,
            wire.text(found, b"maxmemory_policy"),
            wire.whole(found, b"used_memory_rss"),
            wire.whole(found, b"used_memory_peak"),
            wire.real(found, b"mem_fragmentation_ratio"),
            wire.whole(found, b"mem_fragmentation_bytes"),
            wire.gain(found, before, b"evicted_keys"),
            wire.rate(found, before, b"evicted_keys"),
            wire.rate(found, before, b"expired_keys"),
            wire.whole(found, b"used_memory_dataset"),
            wire.whole(found, b"mem_clients_normal"),
            wire.whole(found, b"mem_replication_backlog") if replicas is None else replicas,
            wire.whole(found, b"used_memory_scripts_eval"),
            wire.flag(found, b"active_defrag_running"),
        )
    ]


MEMORY = Probe(
    "redis.memory",
    "Memory",
    "info",
    (
        column("used_bytes", "USED", Quantity.BYTES, "used_memory", history=True),
        column(
            "used_percent",
            "USED%",
            Quantity.PERCENT,
            "used_memory of maxmemory; none without a limit",
            FULL,
            history=True,
        ),
        column("limit_bytes", "LIMIT", Quantity.BYTES, "maxmemory"),
        column("policy", "POLICY", Quantity.TEXT, "maxmemory_policy"),
        column("rss_bytes", "RSS", Quantity.BYTES, "used_memory_rss", history=True),
        column("peak_bytes", "PEAK", Quantity.BYTES, "used_memory_peak"),
        column("fragmentation", "FRAGM", Quantity.NUMBER, "mem_fragmentation_ratio", history=True),
        column("fragmentation_bytes", "FRAGM B", Quantity.BYTES, "mem_fragmentation_bytes"),
        column("evicted", "EVICTED", Quantity.COUNT, "evicted_keys, since the last"),
        column("evicted_per_s", "EVICT/s", Quantity.PER_S, "evicted_keys", history=True),
        column("expired_per_s", "EXPIRE/s", Quantity.PER_S, "expired_keys", history=True),
        column("data_bytes", "DATA", Quantity.BYTES, "used_memory_dataset"),
        column("clients_bytes", "CLIENTS", Quantity.BYTES, "mem_clients_normal"),
        column(
            "replication_bytes",
            "REPL",
            Quantity.BYTES,
            "mem_total_replication_buffers, before 7 mem_replication_backlog",
        ),
        column("scripts_bytes", "SCRIPTS", Quantity.BYTES, "used_memory_scripts_eval"),
        column("defragments", "DEFRAG", Quantity.FLAG, "active_defrag_running"),
    ),
    (),
    wire.info,
    rows,
    on_demand=False,
    quiet=True,
)


def keyspace_rows(found: Info, _before: Info | None) -> list[Row]:
    """One row per database that has keys."""
    made: list[Row] = []
    for name, value in found.items():
        if name[:2] == b"db" and name[2:].isdigit():
            one = wire.pairs(value)
            keys, expiring = wire.whole(one, b"keys"), wire.whole(one, b"expires")
            ttl = wire.whole(one, b"avg_ttl")
            made.append(
                (
                    clean_bytes(name, 20),
                    keys,
                    expiring,
                    wire.percent(expiring, keys),
                    ttl / 1000 if ttl else None,
                )
            )
    return made


KEYSPACE = Probe(
    "redis.keyspace",
    "Keys",
    "info",
    (
        column("db", "DB", Quantity.TEXT, "keyspace: dbN"),
        column("keys", "KEYS", Quantity.COUNT, "dbN keys", history=True),
        column("expiring", "EXPIRING", Quantity.COUNT, "dbN expires"),
        column("expiring_percent", "EXPIRING%", Quantity.PERCENT, "dbN expires of keys"),
        column("ttl_s", "TTL", Quantity.SECONDS, "dbN avg_ttl, a mean of samples"),
    ),
    ("db",),
    wire.info,
    keyspace_rows,
    on_demand=False,
    quiet=True,
)
