"""When something is wrong with devices behind a broker."""

from opsconsole import reading
from opsconsole.model import Level
from opsconsole.rule import Rule

RULES = (
    *reading.rules(
        "mqtt",
        (
            "Look at the device; a presence that is critical is one whose last will came.",
            "Mend the limits in its map, where they do not fit this place.",
        ),
    ),
    Rule(
        id="mqtt.point-lost",
        title="Points are not believed",
        about="A point is stale, its device is offline, or its message cannot be read: nobody "
        "watches it.",
        probe="mqtt.point",
        column="state",
        source="ours: five minutes without a value",
        remedies=(
            "Read `error`: a stale point has no device that publishes, or `stale_s` is too short "
            "for it.",
            "Of a malformed one compare `path` in the map with the message; a refused one needs "
            "the right to subscribe there.",
        ),
        words=dict.fromkeys(("stale", "offline", "malformed", "refused"), Level.WARN),
        for_s=300,
    ),
)
