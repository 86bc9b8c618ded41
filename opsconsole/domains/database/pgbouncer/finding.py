"""When a PgBouncer is wrong."""

from opsconsole.model import Level, Limits
from opsconsole.rule import Bound, Rule

CONNECTIONS = Limits(80, 90, "as PostgreSQL's: Netdata postgres: connections 80/90 %")
WAIT = Limits(1, 10, "ours: a client that waits for a second is slow, for ten it fails")

RULES = (
    Rule(
        id="pgbouncer.clients-wait",
        title="Clients wait for a server",
        about="All servers of a pool are busy: statements are slow before they have begun.",
        probe="pgbouncer.pool",
        column="wait_s",
        source=WAIT.source,
        remedies=(
            "see what the sessions of that database do, and which are idle in a transaction",
            "a larger pool_size, while the server has connections left",
        ),
        warn=Bound(WAIT.warn, 0.5),
        crit=Bound(WAIT.crit, 5),
        for_s=15,
    ),
    Rule(
        id="pgbouncer.connections-full",
        title="Client connections run out",
        about="At 100 % nobody new gets in, and applications fail.",
        probe="pgbouncer.health",
        column="connections_percent",
        source=CONNECTIONS.source,
        remedies=("a larger max_client_conn", "see which application keeps too many"),
        warn=Bound(CONNECTIONS.warn, 70),
        crit=Bound(CONNECTIONS.crit, 80),
    ),
    Rule(
        id="pgbouncer.database-paused",
        title="A database is paused",
        about="Its clients wait until somebody resumes it.",
        probe="pgbouncer.database",
        column="state",
        source="ours: nobody leaves that for long on purpose",
        remedies=("pgbouncer.resume",),
        words={"paused": Level.WARN, "disabled": Level.WARN},
        for_s=600,
    ),
)
