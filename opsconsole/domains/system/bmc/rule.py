"""When hardware is wrong: by its own opinion, a sensor out of limits, a drive at its end."""

from opsconsole import reading
from opsconsole.model import Level
from opsconsole.rule import Bound, Condition, Rule

_DSP = "Redfish Resource and Schema Guide (DSP2046)"
_LOOK = "Look at the hardware log, and at readings that are out of limits."
_BAD = {"warning": Level.WARN, "critical": Level.CRIT}

RULES = (
    Rule(
        id="bmc.system-unwell",
        title="Hardware is unwell",
        about="The server calls itself, its processors or its memory unwell.",
        probe="bmc.system",
        column="health",
        source=f"{_DSP}: Status.HealthRollup",
        remedies=(_LOOK, "bmc.locator"),
        words=_BAD,
        for_s=60.0,
        clear_for_s=120.0,
    ),
    Rule(
        id="bmc.chassis-unwell",
        title="Chassis is unwell",
        about="A fan, a power supply or something else that the chassis holds is unwell.",
        probe="bmc.chassis",
        column="health",
        source=f"{_DSP}: Status.HealthRollup",
        remedies=(_LOOK, "bmc.locator"),
        words=_BAD,
        for_s=60.0,
        clear_for_s=120.0,
    ),
    Rule(
        id="bmc.lid-open",
        title="Chassis was opened",
        about="The lid is off, or was: somebody was at the hardware.",
        probe="bmc.chassis",
        column="intrusion",
        source=f"{_DSP}: PhysicalSecurity.IntrusionSensor",
        remedies=("Ask who works at the rack; then arm the sensor again.",),
        words={"HardwareIntrusion": Level.WARN, "TamperingDetected": Level.CRIT},
    ),
    *reading.rules("bmc", (_LOOK, "bmc.locator")),
    *reading.rising("bmc"),
    Rule(
        id="bmc.fan-stands",
        title="Fan stands still",
        about="A fan that is fitted does not turn: its part of the machine gets hot.",
        probe="bmc.reading",
        column="value",
        source="awesome-prometheus-alerts, IPMI: fan at 0 rpm for 5 minutes",
        remedies=("Replace the fan.", "bmc.locator"),
        crit=Bound(0, 1),
        guards=(Condition("physical", "==", "fan"),),
        for_s=300.0,
    ),
    Rule(
        id="bmc.drive-failing",
        title="Drive will fail",
        about="The drive predicts its own end.",
        probe="bmc.drive",
        column="prediction",
        source=f"{_DSP}: Drive.FailurePredicted",
        remedies=("Replace the drive.", "bmc.locator"),
        words={"failing": Level.CRIT},
    ),
    Rule(
        id="bmc.drive-unwell",
        title="Drive is unwell",
        about="The drive, or its controller, calls it unwell.",
        probe="bmc.drive",
        column="state",
        source=f"{_DSP}: Status.Health",
        remedies=("Look at the array that it is part of, and replace it.", "bmc.locator"),
        words=_BAD,
    ),
    Rule(
        id="bmc.drive-worn",
        title="Drive is worn",
        about="Little is left of what the drive can be written.",
        probe="bmc.drive",
        column="life_percent",
        source="ours: order at 10 %, replace at 5 %",
        remedies=("Order another one.",),
        warn=Bound(10, 12),
        crit=Bound(5, 7),
    ),
)
