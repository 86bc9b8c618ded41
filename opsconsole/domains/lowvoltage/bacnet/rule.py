"""When something is wrong with a BACnet device."""

from opsconsole import reading
from opsconsole.model import Level
from opsconsole.rule import Rule

RULES = (
    *reading.rules(
        "bacnet",
        (
            "Look at the device, and at its own alarm in `bacnet.point`.",
            "Mend the limits in the device or in its map, where they do not fit this place.",
        ),
    ),
    Rule(
        id="bacnet.object-lost",
        title="Objects are not believed",
        about="An object is in fault, out of service or refused: nobody watches what it stands "
        "for.",
        probe="bacnet.point",
        column="state",
        source="ours: five minutes without a value",
        remedies=(
            "Read `error`: a fault is a sensor or a line; out of service, somebody set its value "
            "by hand and may have forgotten it.",
        ),
        words=dict.fromkeys(("fault", "out of service", "refused"), Level.WARN),
        for_s=300,
    ),
)
