"""Rules on services, the clock, descriptors and restarts."""

from opsconsole.domains.system.host import clock, limit
from opsconsole.domains.system.host.rule.load import VITALS, crit, warn
from opsconsole.model import Level
from opsconsole.rule import Bound, Condition, Rule

_CLOCK = ("host.burst-clock", "host.step-clock")
_UP = 17 * 60.0
"""Seconds: a clock needs that long to find its source after a start."""

RULES = (
    Rule(
        id="host.unit-failed",
        title="Unit has failed",
        about="A service, mount or timer of systemd ended with an error and stays down.",
        probe="host.unit",
        column="active",
        source=limit.UNITS.source,
        remedies=(
            "host.restart-service",
            "host.reset-failed",
            "read its last lines in the journal",
        ),
        words={"failed": Level.WARN},
    ),
    Rule(
        id="host.service-restarts",
        title="Service restarts again and again",
        about="systemd starts it, it ends, and so on: it serves nobody for long.",
        probe="host.unit",
        column="restarts",
        source="Three automatic restarts are no accident; our choice",
        remedies=("host.stop-service", "host.restart-service", "read why in the journal"),
        warn=Bound(3, 2),
        guards=(Condition("sub", "==", "auto-restart"),),
        clear_for_s=300,
    ),
    Rule(
        id="host.clock-alone",
        title="Clock follows nobody",
        about="It drifts; certificates, Kerberos, logs and clusters depend on it.",
        probe="host.clock",
        column="clock",
        source="Netdata timex alerts: not synchronised though up for 17 min",
        remedies=(*_CLOCK, "look whether a time service runs and reaches its sources"),
        words={clock.ALONE: Level.WARN},
        guards=(Condition("uptime_s", ">", _UP),),
        for_s=60,
    ),
    Rule(
        id="host.clock-off",
        title="Clock is off",
        about="Its time is not that of others: what is ordered by time goes wrong.",
        probe="host.clock",
        column="clock_distance_ms",
        source=limit.OFFSET.source,
        remedies=_CLOCK,
        warn=warn(limit.OFFSET, 40),
        crit=crit(limit.OFFSET, 800),
        for_s=600,
    ),
    Rule(
        id="host.descriptors-full",
        title="File descriptors run out",
        about="No program can open a file or a connection any more when they are gone.",
        probe=VITALS,
        column="descriptors_percent",
        source=limit.DESCRIPTORS.source,
        remedies=("host.restart-service", "raise fs.file-max"),
        warn=warn(limit.DESCRIPTORS, 85),
        crit=crit(limit.DESCRIPTORS, 90),
    ),
    Rule(
        id="host.restarted",
        title="Host has restarted",
        about="It came up less than five minutes ago, wanted or not.",
        probe=VITALS,
        column="uptime_s",
        source=limit.UPTIME.source,
        remedies=("look into the journal of the boot before: journalctl -b -1 -e",),
        warn=warn(limit.UPTIME, 301),
    ),
)
