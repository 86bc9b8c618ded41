"""Patroni: who leads, who could, how far the others are behind, and why it changed."""

from opsconsole.spec import Board, Face, Pane, View

FACE = Face(
    kind="patroni",
    overview=Pane(
        id="database.patroni",
        title="Patroni clusters",
        probes=("patroni.cluster",),
        view=View.FLEET,
        columns=(
            "state",
            "role",
            "why",
            "version",
            "leadership",
            "leader",
            "replicas",
            "replication_lag_bytes",
            "management",
        ),
    ),
    detail=(
        Pane(
            id="database.patroni-members",
            title="Members",
            probes=("patroni.member",),
            columns=(
                "name",
                "role",
                "state",
                "host",
                "timeline",
                "timeline_gap",
                "lag_bytes",
                "lag_percent",
                "restart",
                "restart_why",
                "tags",
            ),
            sort="-lag_bytes",
        ),
        Pane(
            id="database.patroni-cluster",
            title="Cluster",
            probes=("patroni.cluster",),
            view=View.FACTS,
        ),
        Pane(
            id="database.patroni-node",
            title="This member",
            probes=("patroni.node",),
            view=View.FACTS,
        ),
        Pane(
            id="database.patroni-history",
            title="Switches",
            probes=("patroni.history",),
            columns=("timeline", "at", "leader", "reason", "lsn"),
            sort="-timeline",
        ),
    ),
    headline=(("patroni.cluster", "cluster"), ("patroni.cluster", "leader")),
    boards=(
        Board(0, 0, (("1fr", "patroni-members"), ("9", "patroni-node"), ("1fr", "*"))),
        Board(
            120,
            34,
            (
                ("2fr", "patroni-members patroni-members"),
                ("1fr", "patroni-cluster patroni-node"),
                ("1fr", "patroni-history patroni-history"),
            ),
        ),
    ),
)
