"""Redis Sentinel: the primaries it watches, and who could stand in."""

from opsconsole.spec import Board, Face, Pane, View

FACE = Face(
    kind="redis-sentinel",
    overview=Pane(
        id="database.sentinel",
        title="Sentinels",
        probes=("redis-sentinel.overview",),
        view=View.FLEET,
        columns=(
            "state",
            "why",
            "sessions_active",
            "primaries",
            "bad",
            "version",
            "uptime_s",
            "serving",
        ),
    ),
    detail=(
        Pane(
            id="database.sentinel-primaries",
            title="Watched primaries",
            probes=("redis-sentinel.primary",),
            columns=(
                "name",
                "address",
                "state",
                "replicas",
                "sentinels",
                "quorum",
                "heard_s",
            ),
            sort="-state",
        ),
        Pane(
            id="database.sentinel-peers",
            title="Replicas and sentinels",
            probes=("redis-sentinel.peer",),
            columns=(
                "primary",
                "role",
                "address",
                "state",
                "link",
                "priority",
            ),
            sort="primary",
        ),
    ),
    headline=(("redis-sentinel.overview", "version"),),
    boards=(
        Board(
            0,
            0,
            (
                ("1fr", "sentinel-primaries"),
                ("1fr", "sentinel-peers"),
            ),
        ),
    ),
)
