"""Modbus: the readings of a device, and the points of its map."""

from opsconsole.reading import SHOWN
from opsconsole.spec import Board, Face, Pane, View

FACE = Face(
    kind="modbus",
    overview=Pane(
        id="lowvoltage.modbus",
        title="Modbus devices",
        probes=("modbus.summary",),
        view=View.FLEET,
        columns=("state", "critical", "warning", "why", "worst", "hottest_c", "readings"),
        trends=("hottest_c",),
    ),
    detail=(
        Pane(
            id="lowvoltage.modbus-readings",
            title="Readings",
            probes=("modbus.reading",),
            columns=SHOWN,
            sort="-judged",
        ),
        Pane(
            id="lowvoltage.modbus-points",
            title="Points",
            probes=("modbus.point",),
            columns=(
                "point", "state", "value", "unit", "word", "takes", "low", "high", "raw",
                "unit_id", "fc", "address", "error",
            ),
        ),
    ),
    headline=(("modbus.summary", "worst"),),
    boards=(
        Board(0, 0, (("1fr", "modbus-readings"), ("1fr", "modbus-points"))),
        Board(150, 40, (("1fr", "modbus-readings modbus-points"),)),
    ),
)  # fmt: skip
