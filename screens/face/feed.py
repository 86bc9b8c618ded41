"""Sensors that pages tell of."""

from opsconsole.reading import SHOWN
from opsconsole.spec import Board, Face, Pane, Series, View

FACE = Face(
    kind="feed",
    overview=Pane(
        id="lowvoltage.feed",
        title="Feeds",
        probes=("feed.summary",),
        view=View.FLEET,
        columns=("state", "hottest_c", "why", "worst", "critical", "warning", "readings"),
        trends=("hottest_c",),
    ),
    detail=(
        Pane(
            id="lowvoltage.feed-readings",
            title="Readings",
            probes=("feed.reading",),
            columns=SHOWN,
            sort="-judged",
        ),
        Pane(
            id="lowvoltage.feed-hottest",
            title="Hottest",
            probes=("feed.summary",),
            view=View.PLOTS,
            series=(Series("Hottest in the air, °C", "feed.summary", ("hottest_c",)),),
        ),
    ),
    headline=(("feed.summary", "worst"),),
    boards=(Board(0, 0, (("2fr", "feed-readings"), ("1fr", "*"))),),
)
