"""BACnet/IP: controllers of air, power and water, by their own objects and a map of some."""

from opsconsole.domains.lowvoltage.bacnet.action import ACTIONS
from opsconsole.domains.lowvoltage.bacnet.probe import DEVICE, POINT, readings
from opsconsole.domains.lowvoltage.bacnet.rule import RULES
from opsconsole.question import Mapped
from opsconsole.reading import probe, summary
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.ahu-1]
kind = "bacnet"
address = "10.20.0.21"
map = "maps/ahu.toml"

# maps/ahu.toml
[point.setpoint]
object = "analog-value,3"
physical = "temperature"
write = { low = 18, high = 27, priority = 8 }
"""

SOURCE = "BACnet, the present value of the object"

INTEGRATION = Integration(
    kind="bacnet",
    title="BACnet",
    exchanges=(Exchange("objects", every=15, timeout=120.0, compared=False),),
    probes=(
        summary("bacnet", "objects", SOURCE, readings),
        probe("bacnet", "objects", SOURCE, readings),
        POINT,
        DEVICE,
    ),
    setup=_SETUP,
    rules=RULES,
    questions={"objects": (Mapped("objects"),)},
    transports=("bacnet",),
    actions=ACTIONS,
)
