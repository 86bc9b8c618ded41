"""MQTT: sensors and devices behind a broker, by a map of their topics."""

from opsconsole.domains.lowvoltage.mqtt.action import ACTIONS
from opsconsole.domains.lowvoltage.mqtt.probe import POINT, readings
from opsconsole.domains.lowvoltage.mqtt.rule import RULES
from opsconsole.question import Mapped
from opsconsole.reading import probe, summary
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.room-1]
kind = "mqtt"
address = "10.20.0.5"
map = "maps/room.toml"

# maps/room.toml
[point.rack-3-top]
name = "Rack 3, top"
topic = "room1/rack3/top"
path = "temperature"
physical = "temperature"
place = "inlet"
"""

SOURCE = "the newest message on the topic that the map names"

INTEGRATION = Integration(
    kind="mqtt",
    title="MQTT",
    exchanges=(Exchange("topics", every=10, timeout=30.0, compared=False),),
    probes=(
        summary("mqtt", "topics", SOURCE, readings),
        probe("mqtt", "topics", SOURCE, readings),
        POINT,
    ),
    setup=_SETUP,
    rules=RULES,
    questions={"topics": (Mapped("topics"),)},
    transports=("mqtt",),
    actions=ACTIONS,
)
