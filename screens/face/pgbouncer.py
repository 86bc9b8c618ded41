"""PgBouncer: pools, the clients that wait there, the servers behind."""

from opsconsole.spec import Board, Face, Pane, Series, View

FACE = Face(
    kind="pgbouncer",
    overview=Pane(
        id="database.pgbouncer",
        title="PgBouncers",
        probes=("pgbouncer.health",),
        view=View.FLEET,
        columns=(
            "state",
            "role",
            "connections_percent",
            "sessions_active",
            "waiting_sessions",
            "why",
            "transactions_per_s",
            "queries_per_s",
            "longest_wait_s",
            "servers_active",
            "servers_idle",
            "paused",
            "version",
        ),
        trends=("sessions_active",),
    ),
    detail=(
        Pane(
            id="database.pgbouncer-vitals",
            title="Vitals",
            probes=("pgbouncer.health",),
            view=View.GAUGES,
            series=(Series("Connections", "pgbouncer.health", ("connections_percent",)),),
        ),
        Pane(
            id="database.pgbouncer-clients",
            title="Clients",
            probes=("pgbouncer.health",),
            view=View.PLOTS,
            series=(
                Series(
                    "Clients",
                    "pgbouncer.health",
                    (
                        "sessions_active",
                        "waiting_sessions",
                    ),
                ),
            ),
        ),
        Pane(
            id="database.pgbouncer-queries",
            title="Queries",
            probes=("pgbouncer.health",),
            view=View.PLOTS,
            series=(
                Series(
                    "Queries",
                    "pgbouncer.health",
                    (
                        "queries_per_s",
                        "transactions_per_s",
                    ),
                ),
            ),
        ),
        Pane(
            id="database.pgbouncer-pools",
            title="Pools",
            probes=("pgbouncer.pool",),
            columns=(
                "database",
                "user",
                "clients_active",
                "clients_waiting",
                "wait_s",
                "servers_active",
                "servers_idle",
                "mode",
            ),
            sort="-clients_waiting",
        ),
        Pane(
            id="database.pgbouncer-databases",
            title="Databases behind",
            probes=("pgbouncer.database",),
            columns=(
                "database",
                "state",
                "server",
                "servers",
                "pool_size",
                "queries_per_s",
                "query_ms",
                "wait_ms",
            ),
            sort="-queries_per_s",
        ),
    ),
    headline=(("pgbouncer.health", "version"),),
    boards=(
        Board(
            0,
            0,
            (
                ("3", "pgbouncer-vitals"),
                ("1fr", "pgbouncer-pools"),
                ("1fr", "*"),
            ),
        ),
        Board(
            120,
            34,
            (
                ("3", "pgbouncer-vitals pgbouncer-vitals"),
                ("9", "pgbouncer-clients pgbouncer-queries"),
                ("1fr", "pgbouncer-pools pgbouncer-pools"),
                ("1fr", "pgbouncer-databases pgbouncer-databases"),
            ),
        ),
    ),
)
