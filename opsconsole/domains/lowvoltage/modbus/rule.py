"""When something is wrong with a Modbus device."""

from opsconsole import reading
from opsconsole.model import Level
from opsconsole.rule import Rule

RULES = (
    *reading.rules(
        "modbus",
        (
            "Look at the device, and at what its alarm says; `modbus.point` has the raw registers.",
            "Mend the limits in its map, where they do not fit this place.",
        ),
    ),
    *reading.rising("modbus"),
    Rule(
        id="modbus.point-refused",
        title="Points have no answer",
        about="A register of the map is refused, or its unit is silent: nobody watches it.",
        probe="modbus.point",
        column="state",
        source="ours: five minutes without a value",
        remedies=(
            "Read `error`: illegal address is a mistake in the map, a silent unit is off or away.",
        ),
        words={"refused": Level.WARN},
        for_s=300,
    ),
)
