"""MQTT: the readings of devices behind a broker, and the points of their map."""

from opsconsole.reading import SHOWN
from opsconsole.spec import Board, Face, Pane, View

FACE = Face(
    kind="mqtt",
    overview=Pane(
        id="lowvoltage.mqtt",
        title="MQTT devices",
        probes=("mqtt.summary",),
        view=View.FLEET,
        columns=("state", "critical", "warning", "why", "worst", "hottest_c", "readings"),
        trends=("hottest_c",),
    ),
    detail=(
        Pane(
            id="lowvoltage.mqtt-readings",
            title="Readings",
            probes=("mqtt.reading",),
            columns=SHOWN,
            sort="-judged",
        ),
        Pane(
            id="lowvoltage.mqtt-points",
            title="Points",
            probes=("mqtt.point",),
            columns=(
                "point", "state", "value", "unit", "word", "age", "raw", "takes", "low", "high",
                "topic", "path", "error",
            ),
        ),
    ),
    headline=(("mqtt.summary", "worst"),),
    boards=(
        Board(0, 0, (("1fr", "mqtt-readings"), ("1fr", "mqtt-points"))),
        Board(150, 40, (("1fr", "mqtt-readings mqtt-points"),)),
    ),
)  # fmt: skip
