"""When a Prometheus itself is wrong."""

from opsconsole.model import Level
from opsconsole.rule import Rule

RULES = (
    Rule(
        id="prometheus.not-ready",
        title="Prometheus starts",
        about="It answers, but not yet to queries: nothing is alerted of while it replays its log.",
        probe="prometheus.health",
        column="readiness",
        source="Prometheus management API: /-/ready",
        remedies=("Wait for the replay of its log; look at its log for how far it is.",),
        words={"starting": Level.WARN},
        for_s=300,
    ),
    Rule(
        id="prometheus.config-refused",
        title="Configuration refused",
        about="It runs on with the old configuration; its next start will fail.",
        probe="prometheus.health",
        column="config",
        source="Prometheus API v1: runtimeinfo.reloadConfigSuccess",
        remedies=("promtool check config, then reload.",),
        words={"refused": Level.CRIT},
    ),
    Rule(
        id="prometheus.scrape-down",
        title="Scrape fails",
        about="Its figures are missing, and whatever is alerted of by them.",
        probe="prometheus.scrape",
        column="health",
        source="Prometheus API v1: targets.health; as up == 0",
        remedies=("Look at the error beside it: the exporter, its address, or a firewall.",),
        words={"down": Level.WARN},
        for_s=300,
        depends_on=("prometheus.not-ready",),
    ),
    Rule(
        id="prometheus.rule-fails",
        title="Rule fails",
        about="It is not judged: what it should alert of goes unseen.",
        probe="prometheus.rule",
        column="health",
        source="Prometheus API v1: rules.health",
        remedies=("Mend its query; the error stands beside it.",),
        words={"err": Level.CRIT},
        for_s=300,
    ),
)
