"""Desktop: printers and their queues, phones and meeting rooms, in one list."""

from opsconsole.spec import Domain, Pane
from screens.face import cups, printer

DOMAIN = Domain(
    id="desktop",
    title="Desktop",
    key="k",
    order=3,
    noun="Printers and desks",
    faces=(printer.FACE, cups.FACE),
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
    ),
)  # fmt: skip
