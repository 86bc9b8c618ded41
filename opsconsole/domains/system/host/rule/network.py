"""Rules on interfaces and connection tracking."""

from opsconsole.domains.system.host import limit
from opsconsole.domains.system.host.rule.load import VITALS, crit, warn
from opsconsole.model import Level
from opsconsole.rule import Bound, Condition, Measure, Rule

_LINK = "host.interface"
_FAULTY = ("look at cable, optics and the port on the other side", "compare speed and duplex there")
_DROPS = "Netdata net alerts: 2 % of more than 10,000 packets in 10 min; critical is our choice"
_ENOUGH = 10_000 / 600
"""Packets per second: fewer are no measure."""


def _errors(way: str, title: str, about: str) -> Rule:
    return Rule(
        id=f"host.link-{way}-errors",
        title=title,
        about=about,
        probe=_LINK,
        column=f"{way}_errors_per_s",
        source=limit.FAULTS.source,
        remedies=_FAULTY,
        warn=warn(limit.FAULTS, 0.8 * limit.FAULTS.warn),
        crit=crit(limit.FAULTS, 0.8 * limit.FAULTS.crit),
        for_s=300,
        depends_on=("host.link-down",),
    )


def _drops(way: str, title: str, about: str) -> Rule:
    return Rule(
        id=f"host.link-{way}-drops",
        title=title,
        about=about,
        probe=_LINK,
        column=f"{way}_drops_percent",
        source=_DROPS,
        remedies=(
            "look at the ring buffers (ethtool -g) and at the softirq share of each core",
            "look whether a queue or a filter drops on purpose",
        ),
        warn=Bound(2, 1.5),
        crit=Bound(10, 8),
        measure=Measure.MEAN,
        window_s=600,
        guards=(Condition(f"{way}_packets_per_s", ">", _ENOUGH),),
    )


RULES = (
    Rule(
        id="host.link-down",
        title="Link is down",
        about="An interface that had a link has none any more.",
        probe=_LINK,
        column="link",
        source="Zabbix interface template: link down, only where it was up before",
        remedies=("look at cable, optics and the port on the other side",),
        words={"down": Level.CRIT, "lowerlayerdown": Level.CRIT},
        after=("up",),
        guards=(Condition("hardware", "==", 1),),
    ),
    Rule(
        id="host.link-full",
        title="Link is full",
        about="Packets wait and get lost; everything over it becomes slow.",
        probe=_LINK,
        column="utilisation_percent",
        source=limit.LINK.source,
        remedies=("see which service sends or receives so much", "move load, or add a link"),
        warn=warn(limit.LINK, 87),
        crit=crit(limit.LINK, 95),
        measure=Measure.MEAN,
        window_s=900,
    ),
    _errors("receive", "Link receives errors", "Packets arrive damaged and are sent once more."),
    _errors("transmit", "Link sends errors", "Packets could not be sent as they should."),
    _drops("receive", "Packets received are dropped", "The host does not keep up with the link."),
    _drops("transmit", "Packets to send are dropped", "More is sent than the queue takes."),
    Rule(
        id="host.conntrack-full",
        title="Connection table is full",
        about="New connections are dropped soon, and nobody who opens one is told why.",
        probe=VITALS,
        column="conntrack_percent",
        source=limit.CONNTRACK.source,
        remedies=(
            "raise net.netfilter.nf_conntrack_max",
            "see who holds so many connections: conntrack -L",
        ),
        warn=warn(limit.CONNTRACK, 85),
        crit=crit(limit.CONNTRACK, 90),
    ),
)
