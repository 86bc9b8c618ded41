"""When a MySQL or MariaDB server is wrong, and what can be done about it."""

from typing import TypedDict

from opsconsole.domains.database.mysql import limit
from opsconsole.model import Level, Limits
from opsconsole.rule import Bound, Measure, Rule

HEALTH, REPLICATION, GALERA = "mysql.health", "mysql.replication", "mysql.galera"

_KILL = ("mysql.kill-query", "mysql.kill-connection")
_STOPPED = ("mysql.io-stopped", "mysql.sql-stopped")


class Pair(TypedDict):
    """Both levels of a rule."""

    warn: Bound
    crit: Bound


def _pair(limits: Limits, warn: float, crit: float) -> Pair:
    """Both levels of a column's limits, and where each is over."""
    return {"warn": Bound(limits.warn, warn), "crit": Bound(limits.crit, crit)}


_LOAD = (
    Rule(
        id="mysql.connections-full",
        title="Connections run out",
        about="At 100 % nobody new gets in, and applications fail.",
        probe=HEALTH,
        column="connections_percent",
        source=limit.CONNECTIONS.source,
        remedies=("mysql.kill-connection", "End what sleeps in a pool, or raise max_connections."),
        **_pair(limit.CONNECTIONS, 60, 80),
    ),
    Rule(
        id="mysql.connections-refused",
        title="Connections are refused",
        about="max_connections is reached: applications get error 1040.",
        probe=HEALTH,
        column="refused",
        source="SHOW GLOBAL STATUS Connection_errors_max_connections: any is somebody's error",
        remedies=("mysql.kill-connection", "Raise max_connections, or make pools smaller."),
        measure=Measure.INCREASE,
        window_s=300,
        crit=Bound(1, 0),
    ),
    Rule(
        id="mysql.queries-slow",
        title="Many queries are slow",
        about="More of them than usual take longer than long_query_time.",
        probe=HEALTH,
        column="slow_per_s",
        source=limit.SLOW.source,
        remedies=(*_KILL, "See what they wait for, and the statements that take the most time."),
        for_s=10,
        depends_on=("mysql.sessions-wait",),
        **_pair(limit.SLOW, 0.5, 1),
    ),
    Rule(
        id="mysql.sessions-wait",
        title="Transactions wait for locks",
        about="What they should do stands still until another session ends its transaction.",
        probe=HEALTH,
        column="waiting_sessions",
        source=limit.WAITING.source,
        remedies=(*_KILL, "End the root of the tree of locks: mysql.lock shows it."),
        for_s=30,
        **_pair(limit.WAITING, 0, 10),
    ),
    Rule(
        id="mysql.transaction-long",
        title="A transaction is very old",
        about="Old versions of all rows are kept for it: undo grows, and reads get slower.",
        probe=HEALTH,
        column="longest_transaction_s",
        source=limit.TRANSACTION.source,
        remedies=(*_KILL, "Set idle_transaction_timeout (MariaDB) or wait_timeout."),
        **_pair(limit.TRANSACTION, 1500, 10800),
    ),
    Rule(
        id="mysql.history-long",
        title="Purge does not keep up",
        about="Deleted and old rows are not removed: reads scan more and more of them.",
        probe=HEALTH,
        column="history",
        source=limit.HISTORY.source,
        remedies=("mysql.kill-connection", "End the oldest transaction; innodb_purge_threads."),
        for_s=60,
        depends_on=("mysql.transaction-long",),
        **_pair(limit.HISTORY, 25_000, 500_000),
    ),
)

_REPLICATION = (
    Rule(
        id="mysql.io-stopped",
        title="Replication does not receive",
        about="Changes of the source do not arrive: it goes out of date, and is no stand-by.",
        probe=REPLICATION,
        column="io",
        source="awesome-prometheus-alerts, Netdata mysql: IO thread not running",
        remedies=(
            "mysql.start-replica",
            "Read IO ERROR: network, account, or a purged binary log.",
        ),
        words={"no": Level.CRIT, "connecting": Level.WARN, "preparing": Level.WARN},
        for_s=10,
    ),
    Rule(
        id="mysql.sql-stopped",
        title="Replication does not apply",
        about="What arrives is not done: it goes out of date, and is no stand-by.",
        probe=REPLICATION,
        column="sql",
        source="awesome-prometheus-alerts, Netdata mysql: SQL thread not running",
        remedies=("mysql.start-replica", "Read SQL ERROR: data differ from the source's."),
        words={"no": Level.CRIT},
        for_s=10,
    ),
    Rule(
        id="mysql.lag",
        title="A replica lags",
        about="Who reads there reads old data, and a failover would lose what is missing.",
        probe=REPLICATION,
        column="lag_s",
        source=limit.LAG.source,
        remedies=("Look for one long transaction or DDL; replica_parallel_workers.",),
        for_s=10,
        depends_on=_STOPPED,
        **_pair(limit.LAG, 5, 10),
    ),
)

_GALERA = (
    Rule(
        id="mysql.cluster-not-primary",
        title="Node is not in the Primary",
        about="It refuses every query: it is cut off from the majority of the cluster.",
        probe=GALERA,
        column="cluster",
        source="Netdata mysql: wsrep_cluster_status",
        remedies=("Mend the network; bootstrap only the node with the highest seqno.",),
        words={"non-primary": Level.CRIT, "disconnected": Level.CRIT},
    ),
    Rule(
        id="mysql.cluster-size-changed",
        title="A node left the cluster",
        about="One less can fail before the rest stops.",
        probe=GALERA,
        column="size",
        source="Netdata mysql: galera_cluster_size against its own recent size",
        remedies=("Look at the node that is gone; it joins again by itself when it is started.",),
        measure=Measure.RATIO,
        window_s=600,
        crit=Bound(0.95, 0.999),
        depends_on=("mysql.cluster-not-primary",),
    ),
    Rule(
        id="mysql.cluster-not-ready",
        title="Node is not ready",
        about="It takes no queries: it joins, gives its data to another, or has failed.",
        probe=GALERA,
        column="ready",
        source="awesome-prometheus-alerts: wsrep_ready",
        remedies=("Wait for the state transfer; its error log says how far it is.",),
        words={"off": Level.CRIT},
        for_s=60,
        depends_on=("mysql.cluster-not-primary",),
    ),
    Rule(
        id="mysql.cluster-paused",
        title="The cluster waits for a node",
        about="Flow control holds all writers up until it has applied what it received.",
        probe=GALERA,
        column="flow_paused_percent",
        source=limit.FLOW.source,
        remedies=("Find the node with a long receive queue; wsrep_slave_threads, its disk.",),
        for_s=60,
        **_pair(limit.FLOW, 5, 25),
    ),
)

RULES = (*_LOAD, *_REPLICATION, *_GALERA)
