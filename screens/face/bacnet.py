"""BACnet: the readings of a device, and its objects with who commands them."""

from opsconsole.reading import SHOWN
from opsconsole.spec import Board, Face, Pane, View

FACE = Face(
    kind="bacnet",
    overview=Pane(
        id="lowvoltage.bacnet",
        title="BACnet devices",
        probes=("bacnet.summary",),
        view=View.FLEET,
        columns=("state", "critical", "warning", "why", "worst", "hottest_c", "readings"),
        trends=("hottest_c",),
    ),
    detail=(
        Pane(
            id="lowvoltage.bacnet-readings",
            title="Readings",
            probes=("bacnet.reading",),
            columns=SHOWN,
            sort="-judged",
        ),
        Pane(
            id="lowvoltage.bacnet-points",
            title="Objects",
            probes=("bacnet.point",),
            columns=(
                "name", "state", "value", "unit", "word", "flags", "takes", "commands", "priority",
                "low", "high", "object", "event", "error",
            ),
        ),
        Pane(
            id="lowvoltage.bacnet-device",
            title="Device",
            probes=("bacnet.device",),
            view=View.FACTS,
            columns=("device", "objects", "left_off", "requests"),
        ),
    ),
    headline=(("bacnet.summary", "worst"),),
    boards=(
        Board(0, 0, (("1fr", "bacnet-readings"), ("1fr", "*"))),
        Board(150, 40, (("1fr", "bacnet-readings bacnet-points"), ("7", "bacnet-device"))),
    ),
)  # fmt: skip
