"""Print servers: queues, jobs, and what their printers use up."""

from opsconsole import reading
from opsconsole.spec import Board, Face, Pane, Series, View

FACE = Face(
    kind="cups",
    overview=Pane(
        id="desktop.cups",
        title="Print servers",
        probes=("cups.server",),
        view=View.FLEET,
        columns=(
            "state", "activity", "lowest_percent", "why", "complaints", "lowest", "jobs", "queues",
            "stopped", "rejecting", "model", "location",
        ),
        trends=("jobs",),
    ),
    detail=(
        Pane(
            id="desktop.cups-queues",
            title="Queues",
            probes=("cups.queue",),
            columns=(
                "queue", "status", "judged", "jobs", "accepts", "reasons", "message",
                "lowest_percent", "for_s", "location", "model",
            ),
            sort="-jobs",
        ),
        Pane(
            id="desktop.cups-jobs",
            title="Jobs",
            probes=("cups.job",),
            columns=(
                "id", "queue", "name", "user", "status", "size_bytes", "pages", "age_s",
                "reasons", "host",
            ),
            sort="-age_s",
        ),
        Pane(
            id="desktop.cups-supplies",
            title="Supplies of queues",
            probes=("cups.supply",),
            columns=(
                "supply", "color", "left_percent", "full_percent", "judged", "word", "type", "part",
            ),
            sort="left_percent",
        ),
        Pane(
            id="desktop.cups-course",
            title="Jobs that wait",
            probes=("cups.server",),
            view=View.PLOTS,
            series=(Series("Jobs", "cups.server", ("jobs",)),),
        ),
        Pane(
            id="desktop.cups-readings",
            title="Readings",
            probes=("cups.reading",),
            columns=reading.SHOWN,
            sort="-judged",
        ),
    ),
    headline=(("cups.server", "model"), ("cups.server", "jobs")),
    boards=(
        Board(0, 0, (("1fr", "cups-queues"), ("1fr", "*"))),
        Board(
            120,
            30,
            (
                ("1fr", "cups-queues cups-queues"),
                ("1fr", "cups-jobs cups-jobs"),
                ("9", "cups-course *"),
            ),
        ),
    ),
)  # fmt: skip
