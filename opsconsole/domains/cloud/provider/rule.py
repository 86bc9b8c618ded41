"""When a cloud is wrong: it does not answer, an instance is broken, money runs out of it."""

from opsconsole.model import Level
from opsconsole.rule import Rule

RULES = (
    Rule(
        id="cloud.instance-error",
        title="Instance is broken",
        about="The provider could not make, start or keep it.",
        probe="cloud.instance",
        column="state",
        source="libcloud: NodeState.ERROR; ours: 5 minutes",
        remedies=("Look at its fault in the provider's own console.", "cloud.reboot"),
        words={"error": Level.CRIT},
        for_s=300,
    ),
    Rule(
        id="cloud.expires",
        title="Instance expires",
        about="It is paid for up to a moment: after that it is stopped, and then taken away.",
        probe="cloud.instance",
        column="event",
        source="Alibaba Cloud, ECS: ExpiredTime of what is paid for beforehand",
        remedies=("Renew it before EVENT AT, or see that nobody needs it.",),
        words={"expires soon": Level.WARN, "expired": Level.CRIT},
    ),
    Rule(
        id="cloud.volume-unattached",
        title="Volume is attached to nothing",
        about="It is paid for, and nothing can read it.",
        probe="cloud.volume",
        column="state",
        source="AWS Trusted Advisor: underutilized volumes; ours: 1 hour",
        remedies=("Ask its owner; copy it before it goes.", "cloud.snapshot-volume"),
        words={"unattached": Level.WARN},
        for_s=3600,
        every_s=3600,
    ),
    Rule(
        id="cloud.region-silent",
        title="Region does not answer",
        about="What is there is not known: it may be well, or not.",
        probe="cloud.region",
        column="state",
        source="ours: 10 minutes",
        remedies=("Look at what its line says, and at the provider's status page.",),
        words={"silent": Level.WARN},
        for_s=600,
    ),
    Rule(
        id="cloud.call-refused",
        title="Call is refused",
        about="What it would tell is not shown, or stands only for some regions.",
        probe="cloud.call",
        column="state",
        source="ours: 15 minutes",
        remedies=("Give the account that right, or mend its secret.",),
        words={"refused": Level.WARN},
        for_s=900,
        depends_on=("cloud.region-silent",),
    ),
)
