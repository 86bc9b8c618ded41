"""ProxySQL in one line, and the servers behind it by hostgroup: who is used, who is left out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.column import column, course
from opsconsole.domains.database.proxysql import limit
from opsconsole.domains.database.proxysql.asking import (
    RIGHT,
    Cell,
    answered,
    at,
    grown,
    hidden,
    maybe,
    number,
    rate,
    rows,
    text,
    whole,
)
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe

_POOL, _RUNTIME, _GLOBAL = (
    "stats_mysql_connection_pool",
    "runtime_mysql_servers",
    "stats_mysql_global",
)


class Pool(NamedTuple):
    """A server of a hostgroup, as its connections see it."""

    hostgroup: Cell
    host: Cell
    port: Cell
    status: Cell
    used: Cell
    free: Cell
    ok: Cell
    failed: Cell
    queries: Cell
    sent: Cell
    received: Cell
    latency: Cell

    @property
    def place(self) -> tuple[str, str, str]:
        """What tells it from all others."""
        return str(self.hostgroup), str(self.host), str(self.port)


class Server(NamedTuple):
    """The same as it is configured in the runtime; its status there is what monitors made of it."""

    hostgroup: Cell
    host: Cell
    port: Cell
    status: Cell
    weight: Cell
    connections: Cell
    comment: Cell


class Reading(NamedTuple):
    """A ProxySQL at one moment."""

    at: float | None
    version: Clean
    values: Mapping[str, float | None]
    pool: Mapping[tuple[str, str, str], Pool]
    servers: Mapping[tuple[str, str, str], Server]
    clients: float | None
    """How many may come."""
    missing: Clean


def read(payload: bytes) -> Reading:
    """One answer of the exchange `pool`; what the account may not see of it is empty."""
    parts = answered("pool", payload)
    version = maybe(parts, "version", tuple[Cell]) or [(None,)]
    variables = maybe(parts, "variables", tuple[Cell, Cell]) or []
    return Reading(
        at(parts),
        text(version[0][0], 40),
        {
            str(name).lower(): number(value)
            for name, value in rows(parts, "global", tuple[Cell, Cell])
        },
        {one.place: one for one in rows(parts, "pool", Pool)},
        {
            (str(one.hostgroup), str(one.host), str(one.port)): one
            for one in maybe(parts, "servers", Server) or []
        },
        number(variables[0][1]) if variables else None,
        Clean(RIGHT) if hidden(parts["servers"]) else Clean(""),
    )


def _status(one: Pool) -> Clean:
    return Clean(text(one.status, 32).lower())


def _total(cells: Sequence[Cell]) -> float:
    return sum(number(cell) or 0.0 for cell in cells)


def health_rows(now: Reading, before: Reading | None) -> list[Row]:
    """The only row."""

    def more(name: str) -> float | None:
        return grown(now.values.get(name), before.values.get(name) if before else None)

    def per_s(name: str) -> float | None:
        return rate(more(name), now.at, before.at if before else None)

    states = {place: _status(one) for place, one in now.pool.items()}
    up = {place[0] for place, state in states.items() if state == "online"}
    connected = now.values.get("client_connections_connected")
    return [
        (
            Clean("proxy"),
            now.version,
            now.values.get("proxysql_uptime"),
            now.values.get("client_connections_non_idle"),
            connected,
            100 * connected / now.clients if connected is not None and now.clients else None,
            sum(state == "online" for state in states.values()),
            sum(state.startswith("shunned") for state in states.values()),
            sum(state.startswith("offline") for state in states.values()),
            len({place[0] for place in states} - up),
            _total([one.used for one in now.pool.values()]),
            _total([one.free for one in now.pool.values()]),
            per_s("questions"),
            per_s("slow_queries"),
            more("client_connections_aborted"),
            more("server_connections_aborted"),
            per_s("queries_backends_bytes_recv"),
            per_s("queries_backends_bytes_sent"),
            now.missing,
        )
    ]


def server_rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row per server of a hostgroup."""
    was: Mapping[tuple[str, str, str], Pool] = before.pool if before else {}
    return [
        _row(now, one, was.get(place), before.at if before else None)
        for place, one in now.pool.items()
    ]


def _row(now: Reading, one: Pool, was: Pool | None, then: float | None) -> Row:
    known = now.servers.get(one.place)

    def more(name: str) -> float | None:
        return grown(number(getattr(one, name)), number(getattr(was, name, None)))

    ok, failed = more("ok"), more("failed")
    tried = ok + failed if ok is not None and failed is not None else None
    used, most = number(one.used), number(known.connections) if known else None
    latency = number(one.latency)
    hostgroup, host, port = text(one.hostgroup, 12), text(one.host, 253), text(one.port, 8)
    return (
        clean(f"{hostgroup}/{host}:{port}"),
        hostgroup,
        host,
        port,
        _status(one),
        used,
        number(one.free),
        100 * used / most if used is not None and most else None,
        failed,
        100 * failed / tried if failed is not None and tried else None,
        rate(more("queries"), now.at, then),
        rate(more("sent"), now.at, then),
        rate(more("received"), now.at, then),
        None if latency is None else latency / 1000,
        whole(known.weight) if known else None,
        whole(most),
        text(known.comment, 80) if known else None,
    )


HEALTH = Probe(
    "proxysql.health",
    "ProxySQL",
    "pool",
    (
        column("role", "ROLE", "always proxy", Quantity.STATE),
        column("version", "VERSION", "SELECT @@version"),
        column("uptime_s", "UPTIME", f"{_GLOBAL} ProxySQL_Uptime", Quantity.SECONDS),
        course("sessions_active", "ACTIVE", f"{_GLOBAL} Client_Connections_non_idle",
               Quantity.COUNT),
        course("connections", "CONNS", f"{_GLOBAL} Client_Connections_connected", Quantity.COUNT),
        course("connections_percent", "CONN %", "clients of mysql-max_connections",
               Quantity.PERCENT, limit.CONNECTIONS),
        course("online", "ONLINE", f"{_POOL} status: servers, once per hostgroup",
               Quantity.COUNT),
        column("shunned", "SHUNNED", f"{_POOL} status: failed, or too far behind", Quantity.COUNT),
        column("offline", "OFFLINE", f"{_POOL} status: taken out", Quantity.COUNT),
        column("hostgroups_down", "DOWN", f"{_POOL}: hostgroups without a server that is online",
               Quantity.COUNT),
        course("servers_active", "SERVERS", f"{_POOL} ConnUsed", Quantity.COUNT),
        column("servers_idle", "FREE", f"{_POOL} ConnFree", Quantity.COUNT),
        course("queries_per_s", "QUERIES/S", f"{_GLOBAL} Questions", Quantity.PER_S),
        course("slow_per_s", "SLOW/S", f"{_GLOBAL} Slow_queries, over mysql-long_query_time",
               Quantity.PER_S, limit.SLOW),
        column("clients_aborted", "ABORTED", f"{_GLOBAL} Client_Connections_aborted: since the"
               " answer before", Quantity.COUNT),
        column("servers_aborted", "SERVER ABORTED", f"{_GLOBAL} Server_Connections_aborted: since"
               " the answer before", Quantity.COUNT),
        course("received_bytes_per_s", "IN/S", f"{_GLOBAL} Queries_backends_bytes_recv",
               Quantity.BYTES_PER_S),
        course("sent_bytes_per_s", "OUT/S", f"{_GLOBAL} Queries_backends_bytes_sent",
               Quantity.BYTES_PER_S),
        column("missing", "MISSING", "what would show more"),
    ),
    (),
    read,
    health_rows,
    on_demand=False,
)  # fmt: skip

SERVER = Probe(
    "proxysql.server",
    "Servers",
    "pool",
    (
        column("server", "SERVER", f"{_POOL}: hostgroup/srv_host:srv_port"),
        column("hostgroup", "GROUP", f"{_POOL} hostgroup"),
        column("host", "HOST", f"{_POOL} srv_host"),
        column("port", "PORT", f"{_POOL} srv_port"),
        column("status", "STATUS", f"{_POOL} status", Quantity.STATE),
        course("used", "USED", f"{_POOL} ConnUsed", Quantity.COUNT),
        column("free", "FREE", f"{_POOL} ConnFree", Quantity.COUNT),
        course("used_percent", "USED %", f"{_POOL} ConnUsed of {_RUNTIME} max_connections",
               Quantity.PERCENT, limit.SERVER),
        column("errors", "ERRORS", f"{_POOL} ConnERR: connections that failed, since the answer"
               " before", Quantity.COUNT),
        course("errors_percent", "ERR %", f"{_POOL} ConnERR of ConnOK + ConnERR, both since the"
               " answer before", Quantity.PERCENT, limit.ERRORS),
        course("queries_per_s", "QUERIES/S", f"{_POOL} Queries", Quantity.PER_S),
        column("sent_bytes_per_s", "TO/S", f"{_POOL} Bytes_data_sent", Quantity.BYTES_PER_S),
        column("received_bytes_per_s", "FROM/S", f"{_POOL} Bytes_data_recv",
               Quantity.BYTES_PER_S),
        course("latency_ms", "LATENCY", f"{_POOL} Latency_us: of the monitor's pings",
               Quantity.MILLISECONDS),
        column("weight", "WEIGHT", f"{_RUNTIME} weight", Quantity.COUNT),
        column("max_connections", "MAX", f"{_RUNTIME} max_connections", Quantity.COUNT),
        column("comment", "COMMENT", f"{_RUNTIME} comment"),
    ),
    ("server",),
    read,
    server_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip

PROBES = (HEALTH, SERVER)
