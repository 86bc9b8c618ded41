"""When disks, file systems and buckets are wrong: paid for in vain, out of credit, open to all."""

from opsconsole.domains.cloud.aws.rule.source import APA, DOCS, HOUR, ND, TA
from opsconsole.domains.cloud.value import DAY
from opsconsole.model import Level
from opsconsole.rule import Bound, Condition, Rule

RULES = (
    Rule(
        id="aws.volume-unattached",
        title="Volume is attached to nothing",
        about="It is paid for, and nothing can read it.",
        probe="aws.volume",
        column="state",
        source=f"{TA}: underutilized EBS volumes; ours: 1 day",
        remedies=("Ask its owner; copy it before it goes.", "aws.snapshot-volume"),
        words={"available": Level.WARN},
        guards=(Condition("age_s", ">", DAY),),
        every_s=HOUR / 2,
    ),
    Rule(
        id="aws.volume-error",
        title="Volume is at fault",
        about="What stands on it may be lost.",
        probe="aws.volume",
        column="state",
        source=f"{DOCS}, EBS: state of a volume",
        remedies=("Make a volume from its last snapshot: aws.snapshot names it.",),
        words={"error": Level.CRIT},
        every_s=HOUR / 2,
    ),
    Rule(
        id="aws.volume-burst",
        title="Volume is out of credit",
        about="It falls back to what its size earns: reads and writes wait.",
        probe="aws.volume-burst",
        column="balance_percent",
        source=f"{APA}: EBS balance under 10 %; ours: crit",
        remedies=("Make it gp3, which has no credit, or larger; look at what reads and writes.",),
        warn=Bound(10, 20),
        crit=Bound(2, 5),
        every_s=HOUR / 2,
    ),
    Rule(
        id="aws.filesystem-credit",
        title="File system is out of credit",
        about="It falls back to what its size earns: everybody who mounts it waits.",
        probe="aws.filesystem",
        column="credit_bytes",
        source=f"{ND}: EFS burst credit balance 0 for 15 minutes",
        remedies=("Give it elastic or provisioned throughput; look at who reads and writes.",),
        crit=Bound(0, 1e9),
        for_s=900,
        every_s=600,
    ),
    Rule(
        id="aws.filesystem-mount",
        title="File system cannot be mounted",
        about="In some zone, or in none, there is a way to it.",
        probe="aws.filesystem",
        column="reached",
        source=f"{DOCS}, EFS: state of a mount target; ours: 15 minutes",
        remedies=("Look at its mount targets and their subnets; make one where it is needed.",),
        words={"partly": Level.WARN, "no mount target": Level.WARN, "none available": Level.CRIT},
        for_s=900,
        every_s=600,
    ),
    Rule(
        id="aws.bucket-public",
        title="Bucket is open to the world",
        about="Anybody may read it or write to it, unless the account's own block forbids that.",
        probe="aws.bucket",
        column="exposure",
        source="CIS AWS Foundations: S3 buckets block public access",
        remedies=("Block public access, of the bucket or of the account; serve by CloudFront.",),
        words={"public": Level.CRIT},
        every_s=6 * HOUR,
    ),
)
