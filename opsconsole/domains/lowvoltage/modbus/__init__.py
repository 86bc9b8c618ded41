"""Modbus TCP: meters, cooling units, leak detection, by a map of their points."""

from opsconsole.domains.lowvoltage.modbus.action import ACTIONS
from opsconsole.domains.lowvoltage.modbus.probe import POINT, readings
from opsconsole.domains.lowvoltage.modbus.rule import RULES
from opsconsole.question import Mapped
from opsconsole.reading import probe, summary
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.crac-1]
kind = "modbus"
address = "10.20.0.11"
map = "maps/crac.toml"

# maps/crac.toml
[point.supply]
name = "Supply air"
unit_id = 1
fc = 4
address = 10
type = "s16"
scale = 0.1
physical = "temperature"
place = "inlet"
"""

SOURCE = "the point that the map names"

INTEGRATION = Integration(
    kind="modbus",
    title="Modbus",
    exchanges=(Exchange("points", every=10, timeout=60.0, compared=False),),
    probes=(
        summary("modbus", "points", SOURCE, readings),
        probe("modbus", "points", SOURCE, readings),
        POINT,
    ),
    setup=_SETUP,
    rules=RULES,
    questions={"points": (Mapped("points"),)},
    transports=("modbus",),
    actions=ACTIONS,
)
