"""When a network device is wrong: links, errors, load, BGP peers, a restart."""

from opsconsole.domains.system.network import limit
from opsconsole.model import Level, Limits
from opsconsole.rule import Bound, Condition, Measure, Rule

_LINK = "network.interface"
_FAULTY = ("look at cable, optics and the port on the other side", "compare speed and duplex there")
_WAITING: dict[str, Level] = dict.fromkeys(
    ("idle", "connect", "active", "opensent", "openconfirm"), Level.CRIT
)


def _bounds(limits: Limits, factor: float) -> tuple[Bound, Bound]:
    return Bound(limits.warn, factor * limits.warn), Bound(limits.crit, factor * limits.crit)


def _errors(way: str, title: str, about: str) -> Rule:
    warn, crit = _bounds(limit.FAULTS, 0.8)
    return Rule(
        id=f"network.link-{way}-errors",
        title=title,
        about=about,
        probe=_LINK,
        column=f"{way}_errors_per_s",
        source=limit.FAULTS.source,
        remedies=_FAULTY,
        warn=warn,
        crit=crit,
        for_s=300,
        depends_on=("network.link-down",),
    )


LINKS = (
    Rule(
        id="network.link-down",
        title="Link is down",
        about="A port that had a link has none any more, and nobody switched it off.",
        probe=_LINK,
        column="link",
        source="Zabbix interface template: link down, only where it was up before",
        remedies=(
            "look at cable, optics and what hangs on it: `Enter` on the port",
            "network.port-up",
        ),
        words={"down": Level.WARN, "notPresent": Level.WARN},
        after=("up",),
        guards=(Condition("admin", "!=", "down"),),
        depends_on=("network.restarted",),
    ),
    Rule(
        id="network.link-full",
        title="Link is full",
        about="Packets wait and get lost; everything over it becomes slow.",
        probe=_LINK,
        column="utilisation_percent",
        source=limit.LINK.source,
        remedies=("see what hangs on the port, and which of it sends so much", "add a link"),
        warn=Bound(limit.LINK.warn, 87),
        crit=Bound(limit.LINK.crit, 95),
        measure=Measure.MEAN,
        window_s=900,
    ),
    _errors("receive", "Port receives errors", "Packets arrive damaged and are sent once more."),
    _errors("transmit", "Port sends errors", "Packets could not be sent as they should."),
)

DEVICE = (
    Rule(
        id="network.restarted",
        title="Device restarted",
        about="It was down a moment ago, and so was everything that hangs on it.",
        probe="network.summary",
        column="uptime_s",
        source=limit.UPTIME.source,
        remedies=("look at its log and its power for why it did",),
        warn=Bound(limit.UPTIME.warn, limit.UPTIME.warn + 1),
    ),
    Rule(
        id="network.cpu-busy",
        title="Processor is busy",
        about="It answers late, and what it decides by software (routes, spanning tree) suffers.",
        probe="network.health",
        column="cpu_percent",
        source=limit.CPU.source,
        remedies=("look for loops, scans and floods at its ports", "look at its log"),
        warn=Bound(limit.CPU.warn, 75),
        crit=Bound(limit.CPU.crit, 85),
        measure=Measure.MEAN,
        window_s=600,
    ),
    Rule(
        id="network.memory-full",
        title="Memory is full",
        about="It may restart, or learn no more routes and addresses.",
        probe="network.health",
        column="memory_used_percent",
        source=limit.MEMORY.source,
        remedies=("compare with the days before: a leak is mended by another version",),
        warn=Bound(limit.MEMORY.warn, 85),
        crit=Bound(limit.MEMORY.crit, 95),
        for_s=300,
    ),
    Rule(
        id="network.bgp-down",
        title="BGP peer is down",
        about="Its routes are gone: what went there takes another way, or none.",
        probe="network.bgp",
        column="state",
        source="LibreNMS BGP alert: a peer that is meant to be up is not established",
        remedies=("look at LAST ERROR of the peer, and whether its address answers",),
        words=_WAITING,
        guards=(Condition("admin", "!=", "stop"),),
        for_s=60,
    ),
)

RULES = (*LINKS, *DEVICE)
