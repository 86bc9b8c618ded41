"""Car parks: how full they are, lanes and barriers, pages that tell of them."""

from opsconsole.spec import Board, Face, Pane, Series, View

FACE = Face(
    kind="parking",
    overview=Pane(
        id="lowvoltage.parking",
        title="Car parks",
        probes=("parking.summary",),
        view=View.FLEET,
        columns=(
            "state",
            "occupied_percent",
            "free",
            "why",
            "capacity",
            "lots",
            "full",
            "lanes",
            "lanes_offline",
            "oldest_s",
            "failed",
        ),
        trends=("occupied_percent",),
    ),
    detail=(
        Pane(
            id="lowvoltage.parking-lots",
            title="Lots",
            probes=("parking.lot",),
            columns=(
                "name",
                "state",
                "occupied_percent",
                "free",
                "capacity",
                "occupied",
                "trend",
                "updated",
                "place",
            ),
            sort="-occupied_percent",
        ),
        Pane(
            id="lowvoltage.parking-lanes",
            title="Lanes",
            probes=("parking.lane",),
            columns=(
                "name",
                "state",
                "barrier",
                "loop",
                "camera",
                "recognised_percent",
                "unsynced",
                "direction",
                "unpaid",
                "inside",
            ),
        ),
        Pane(
            id="lowvoltage.parking-taken",
            title="Taken",
            probes=("parking.summary",),
            view=View.PLOTS,
            series=(Series("Taken", "parking.summary", ("occupied_percent",), 100),),
        ),
        Pane(
            id="lowvoltage.parking-pages",
            title="Pages",
            probes=("parking.page",),
            columns=("page", "read", "rows", "error"),
        ),
    ),
    headline=(("parking.summary", "free"), ("parking.summary", "capacity")),
    boards=(
        Board(0, 0, (("2fr", "parking-lots"), ("1fr", "*"))),
        Board(
            120,
            34,
            (
                ("2fr", "parking-lots parking-lots"),
                ("1fr", "parking-lanes parking-taken"),
                ("7", "parking-pages *"),
            ),
        ),
    ),
)
