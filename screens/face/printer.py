"""Printers: what they complain of, what they use up, where paper comes from."""

from opsconsole import reading
from opsconsole.spec import Board, Face, Pane, Series, View

FACE = Face(
    kind="printer",
    overview=Pane(
        id="desktop.printer",
        title="Printers",
        probes=("printer.status",),
        view=View.FLEET,
        columns=(
            "state",
            "activity",
            "lowest_percent",
            "why",
            "complaints",
            "lowest",
            "waste_percent",
            "alerts",
            "model",
            "location",
            "pages",
            "serial",
        ),
    ),
    detail=(
        Pane(
            id="desktop.printer-supplies",
            title="Supplies",
            probes=("printer.supply",),
            columns=(
                "supply", "color", "left_percent", "full_percent", "judged", "word", "type", "part",
                "level", "capacity", "unit",
            ),
        ),
        Pane(
            id="desktop.printer-alerts",
            title="Alerts",
            probes=("printer.alert",),
            columns=(
                "judged", "description", "group", "code", "for_s", "training", "location",
            ),
        ),
        Pane(
            id="desktop.printer-trays",
            title="Trays",
            probes=("printer.tray",),
            columns=(
                "tray", "left_percent", "full_percent", "judged", "word", "status", "media",
                "capacity", "unit", "type",
            ),
        ),
        Pane(
            id="desktop.printer-complaints",
            title="Complaints",
            probes=("printer.error",),
            columns=("judged", "error"),
        ),
        Pane(
            id="desktop.printer-covers",
            title="Covers",
            probes=("printer.cover",),
            columns=("cover", "says", "judged"),
        ),
        Pane(
            id="desktop.printer-course",
            title="Pages and supplies",
            probes=("printer.status",),
            view=View.PLOTS,
            series=(
                Series("Lowest supply", "printer.status", ("lowest_percent",), 100),
                Series("Pages", "printer.status", ("pages",)),
            ),
        ),
        Pane(
            id="desktop.printer-readings",
            title="Readings",
            probes=("printer.reading",),
            columns=reading.SHOWN,
            sort="-judged",
        ),
        Pane(
            id="desktop.printer-facts",
            title="Printer",
            probes=("printer.status",),
            view=View.FACTS,
        ),
    ),
    headline=(("printer.status", "model"), ("printer.status", "location")),
    boards=(
        Board(0, 0, (("1fr", "printer-supplies"), ("1fr", "*"))),
        Board(
            120,
            30,
            (
                ("1fr", "printer-supplies printer-supplies"),
                ("1fr", "printer-alerts printer-trays"),
                ("1fr", "printer-facts *"),
            ),
        ),
    ),
)  # fmt: skip
