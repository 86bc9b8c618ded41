"""PgBouncer: clients that wait, pools, databases and what goes through them, by its console.

Versions add columns in the middle, so that each is read by its name.
"""

from collections.abc import Mapping
from typing import NamedTuple

from opsconsole import table
from opsconsole.clean import Clean, clean
from opsconsole.domains.database.pgbouncer.action import ACTIONS
from opsconsole.domains.database.pgbouncer.finding import CONNECTIONS, RULES, WAIT
from opsconsole.errors import Malformed
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.question import Part, Statement, parted
from opsconsole.spec import Exchange, Integration, Probe

_SETUP = """\
# estate.toml; the role stands in stats_users (or admin_users) of pgbouncer.ini
[target.pool-1]
kind = "pgbouncer"
address = "pool-1.example.net"
port = 6432
user = "opsconsole"
database = "pgbouncer"
"""

Named = Mapping[str, str | None]
"""A row by the names of its columns."""


class Reading(NamedTuple):
    """What the console shows."""

    pools: list[Named]
    stats: dict[str, Named]
    databases: list[Named]
    config: dict[str, str]
    version: str


def rows_of(part: Part) -> list[Named]:
    """Rows of a `SHOW`, of which the first names the columns; raises `Malformed`."""
    answered = table.read(part, list[str | None])
    names, rows = (answered[0], answered[1:]) if answered else ([], [])
    if None in names or any(len(row) != len(names) for row in rows):
        raise Malformed("rows without the names of their columns")
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def read(payload: bytes) -> Reading:
    """All of it; the console's own database is left out."""
    pools, stats, databases, config, version = map(rows_of, parted(payload, 5))
    return Reading(
        [one for one in pools if one.get("database") != "pgbouncer"],
        {str(one.get("database")): one for one in stats},
        [one for one in databases if one.get("name") != "pgbouncer"],
        {str(one.get("key")): one.get("value") or "" for one in config},
        next((one.get("version") or "" for one in version), ""),
    )


def number(row: Named, name: str) -> float | None:
    """A number of a row; None where it has none."""
    text = row.get(name) or ""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def count(row: Named, name: str) -> int | None:
    """A whole number of a row."""
    value = number(row, name)
    return None if value is None else int(value)


def total(rows: list[Named], *names: str) -> int:
    """The sum of some columns of all rows."""
    return sum(count(row, name) or 0 for row in rows for name in names)


def waited(row: Named) -> float | None:
    """Seconds that the first one in the queue of a pool has waited."""
    whole = number(row, "maxwait")
    return None if whole is None else whole + (number(row, "maxwait_us") or 0.0) / 1e6


def health_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """The only row."""
    if not (now.version or now.pools or now.config):
        return []
    clients = total(now.pools, "cl_active", "cl_waiting")
    most = number(now.config, "max_client_conn")
    waits = [seconds for pool in now.pools if (seconds := waited(pool)) is not None]
    moved = [now.stats.get(str(one.get("name")), {}) for one in now.databases]
    return [
        (
            Clean("pooler"),
            clean(now.version.rpartition(" ")[2], 20),
            total(now.pools, "cl_active"),
            total(now.pools, "cl_waiting"),
            max(waits, default=0.0),
            100 * clients / most if most else None,
            total(now.pools, "sv_active"),
            total(now.pools, "sv_idle", "sv_used", "sv_tested"),
            float(total(moved, "avg_xact_count")),
            float(total(moved, "avg_query_count")),
            sum(count(one, "paused") == 1 for one in now.databases),
        )
    ]


def pool_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per pool."""
    return [
        (
            clean(one.get("database") or ""),
            clean(one.get("user") or ""),
            clean(one.get("pool_mode") or ""),
            count(one, "cl_active"),
            count(one, "cl_waiting"),
            waited(one),
            count(one, "sv_active"),
            count(one, "sv_idle"),
            count(one, "sv_used"),
            count(one, "sv_login"),
        )
        for one in now.pools
    ]


def database_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per database."""
    rows: list[Row] = []
    for one in now.databases:
        moved = now.stats.get(str(one.get("name")), {})
        spent, waits = number(moved, "avg_query_time"), number(moved, "avg_wait_time")
        rows.append(
            (
                clean(one.get("name") or ""),
                clean(_state(one)),
                clean(f"{one.get('host') or 'socket'}:{one.get('port') or ''}"),
                clean(one.get("database") or ""),
                count(one, "current_connections"),
                count(one, "pool_size"),
                number(moved, "avg_xact_count"),
                number(moved, "avg_query_count"),
                number(moved, "avg_recv"),
                number(moved, "avg_sent"),
                None if spent is None else spent / 1000,
                None if waits is None else waits / 1000,
            )
        )
    return rows


def _state(one: Named) -> str:
    if count(one, "disabled") == 1:
        return "disabled"
    return "paused" if count(one, "paused") == 1 else "open"


def _column(
    key: str, title: str, source: str, quantity: Quantity = Quantity.COUNT,
    limits: Limits | None = None, history: bool = False,
) -> Column:  # fmt: skip
    return Column(key, title, quantity, source, limits, history)


_POOLS, _STATS, _BASES = "SHOW POOLS", "SHOW STATS, over its stats_period", "SHOW DATABASES"

HEALTH = Probe(
    "pgbouncer.health",
    "PgBouncer",
    "console",
    (
        _column("role", "ROLE", "always pooler", Quantity.STATE),
        _column("version", "VERSION", "SHOW VERSION", Quantity.TEXT),
        _column("sessions_active", "ACTIVE", f"{_POOLS} cl_active", history=True),
        _column("waiting_sessions", "WAITING", f"{_POOLS} cl_waiting", history=True),
        _column("longest_wait_s", "LONGEST", f"{_POOLS} maxwait", Quantity.SECONDS, WAIT, True),
        _column("connections_percent", "CONN %", "clients of max_client_conn", Quantity.PERCENT,
                CONNECTIONS, True),
        _column("servers_active", "SERVERS", f"{_POOLS} sv_active", history=True),
        _column("servers_idle", "FREE", f"{_POOLS} sv_idle + sv_used + sv_tested"),
        _column("transactions_per_s", "TX/S", f"{_STATS} avg_xact_count", Quantity.PER_S,
                history=True),
        _column("queries_per_s", "QUERIES/S", f"{_STATS} avg_query_count", Quantity.PER_S,
                history=True),
        _column("paused", "PAUSED", f"{_BASES} paused"),
    ),
    (),
    read,
    health_rows,
    on_demand=False,
)  # fmt: skip

POOL = Probe(
    "pgbouncer.pool",
    "Pools",
    "console",
    (
        _column("database", "DATABASE", f"{_POOLS} database", Quantity.TEXT),
        _column("user", "USER", f"{_POOLS} user", Quantity.TEXT),
        _column("mode", "MODE", f"{_POOLS} pool_mode", Quantity.TEXT),
        _column("clients_active", "CLIENTS", f"{_POOLS} cl_active"),
        _column("clients_waiting", "WAITING", f"{_POOLS} cl_waiting"),
        _column("wait_s", "LONGEST", f"{_POOLS} maxwait", Quantity.SECONDS, WAIT, True),
        _column("servers_active", "SERVERS", f"{_POOLS} sv_active"),
        _column("servers_idle", "FREE", f"{_POOLS} sv_idle"),
        _column("servers_used", "USED", f"{_POOLS} sv_used: idle for long, tested before use"),
        _column("servers_login", "LOGIN", f"{_POOLS} sv_login: on their way"),
    ),
    ("database", "user"),
    read,
    pool_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip

DATABASE = Probe(
    "pgbouncer.database",
    "Databases",
    "console",
    (
        _column("database", "DATABASE", f"{_BASES} name", Quantity.TEXT),
        _column("state", "STATE", f"{_BASES} paused, disabled", Quantity.STATE),
        _column("server", "SERVER", f"{_BASES} host, port", Quantity.TEXT),
        _column("behind", "BEHIND", f"{_BASES} database", Quantity.TEXT),
        _column("servers", "SERVERS", f"{_BASES} current_connections"),
        _column("pool_size", "POOL", f"{_BASES} pool_size"),
        _column("transactions_per_s", "TX/S", f"{_STATS} avg_xact_count", Quantity.PER_S),
        _column("queries_per_s", "QUERIES/S", f"{_STATS} avg_query_count", Quantity.PER_S),
        _column("received_per_s", "IN", f"{_STATS} avg_recv", Quantity.BYTES_PER_S),
        _column("sent_per_s", "OUT", f"{_STATS} avg_sent", Quantity.BYTES_PER_S),
        _column("query_ms", "QUERY", f"{_STATS} avg_query_time", Quantity.MILLISECONDS),
        _column("wait_ms", "WAIT", f"{_STATS} avg_wait_time", Quantity.MILLISECONDS),
    ),
    ("database",),
    read,
    database_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip

INTEGRATION = Integration(
    kind="pgbouncer",
    title="PgBouncer",
    exchanges=(Exchange("console", every=5, compared=False),),
    probes=(HEALTH, POOL, DATABASE),
    setup=_SETUP,
    questions={
        "console": tuple(
            Statement(f"SHOW {what}")
            for what in ("POOLS", "STATS", "DATABASES", "CONFIG", "VERSION")
        )
    },
    transports=("postgres",),
    actions=ACTIONS,
    rules=RULES,
)
