"""When a ProxySQL, or a server behind it, is wrong."""

from opsconsole.domains.database.proxysql import limit
from opsconsole.model import Level
from opsconsole.rule import Bound, Measure, Rule

SERVER, HEALTH = "proxysql.server", "proxysql.health"

RULES = (
    Rule(
        id="proxysql.hostgroup-down",
        title="A hostgroup has no server",
        about="Statements that are sent there wait, and fail after connect_timeout_server_max.",
        probe=HEALTH,
        column="hostgroups_down",
        source="ours: any is somebody's error",
        remedies=("proxysql.put-back", "Look at its servers: which are shunned, and why."),
        crit=Bound(1, 0),
        for_s=10,
    ),
    Rule(
        id="proxysql.server-shunned",
        title="A server is shunned",
        about="It failed too often, or lags too far: the others of its hostgroup do its work.",
        probe=SERVER,
        column="status",
        source="ProxySQL: status of stats_mysql_connection_pool",
        remedies=("See that server itself; it comes back by itself when it answers.",),
        words={"shunned": Level.WARN, "shunned_replication_lag": Level.WARN},
        for_s=15,
        depends_on=("proxysql.hostgroup-down",),
    ),
    Rule(
        id="proxysql.server-offline",
        title="A server is left out",
        about="Somebody took it out, and it gets nothing to do until it is put back.",
        probe=SERVER,
        column="status",
        source="ours: nobody leaves that for long on purpose",
        remedies=("proxysql.put-back",),
        words={"offline_soft": Level.WARN, "offline_hard": Level.WARN},
        for_s=600,
    ),
    Rule(
        id="proxysql.server-errors",
        title="Connections to a server fail",
        about="Statements wait until another try succeeds, or get an error.",
        probe=SERVER,
        column="errors_percent",
        source=limit.ERRORS.source,
        remedies=("See that server: does it run, is it full, does the account get in?",),
        measure=Measure.MEAN,
        window_s=60,
        warn=Bound(limit.ERRORS.warn, 1),
        crit=Bound(limit.ERRORS.crit, 25),
        depends_on=("proxysql.server-shunned",),
    ),
    Rule(
        id="proxysql.server-full",
        title="Connections to a server run out",
        about="At max_connections its statements wait in ProxySQL, and then fail.",
        probe=SERVER,
        column="used_percent",
        source=limit.SERVER.source,
        remedies=(
            "see what the sessions of that server do, and which keep a connection to themselves",
            "a larger max_connections, while the server itself has some left",
        ),
        warn=Bound(limit.SERVER.warn, 70),
        crit=Bound(limit.SERVER.crit, 85),
        for_s=15,
    ),
    Rule(
        id="proxysql.connections-full",
        title="Client connections run out",
        about="At mysql-max_connections nobody new gets in, and applications fail.",
        probe=HEALTH,
        column="connections_percent",
        source=limit.CONNECTIONS.source,
        remedies=("a larger mysql-max_connections", "see which application keeps too many"),
        warn=Bound(limit.CONNECTIONS.warn, 70),
        crit=Bound(limit.CONNECTIONS.crit, 80),
    ),
)
