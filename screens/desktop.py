"""Desktop: printers and their queues, phones and meeting rooms, in one list."""

from opsconsole.spec import Domain, Pane
from screens.face import cups, endpoint, printer

DOMAIN = Domain(
    id="desktop",
    title="Desktop",
    key="k",
    order=3,
    noun="Printers and desks",
    faces=(printer.FACE, cups.FACE, endpoint.FACE),
    across=(
        Pane(
            id="desktop.supplies",
            title="Supplies",
            probes=("printer.supply", "cups.supply"),
            columns=(
                "supply", "color", "left_percent", "full_percent", "judged", "word", "part", "type",
            ),
            sort="left_percent",
        ),
        Pane(
            id="desktop.lines",
            title="Lines of all",
            probes=("endpoint.line",),
            columns=("line", "registration", "judged", "hook", "number", "label", "type"),
            sort="judged",
        ),
    ),
)  # fmt: skip
