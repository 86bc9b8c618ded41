"""What is checked of an account: health, doors, copies, quotas, keys, owners."""

from typing import Any

from opsconsole.check import Check, Outcome, limited
from opsconsole.domains.cloud.aws import (
    bucket,
    budget,
    database,
    inventory,
    network,
    patch,
    quota,
    storage,
    watch,
)
from opsconsole.domains.cloud.provider import net, probe
from opsconsole.model import Level
from opsconsole.rule import Condition
from opsconsole.spec import Probe

UNOWNED = 20.0
"""Percent of instances without an owner from which costs cannot be told apart, ours."""

WEEK = 7 * 86_400.0


def _over(level: Level, key: str, bound: float, message: str) -> Outcome:
    return Outcome(level, (Condition(key, ">", bound),), message)


def _is(level: Level, key: str, word: str, message: str) -> Outcome:
    return Outcome(level, (Condition(key, "==", word),), message)


def _well(message: str = "") -> Outcome:
    return Outcome(Level.OK, (), message)


def _limited(id_: str, title: str, of: Probe[Any], key: str, todo: str) -> Check:  # Any: readings
    return limited(id_, title, of.id, of.columns[of.index(key)], todo)


def _inventory(kind: str, of: Probe[Any]) -> tuple[Check, ...]:  # Any: as above
    return (
        Check(
            f"{kind}.answers",
            "Regions answer",
            of.id,
            (_over(Level.CRIT, "silent", 0, "{silent} of {regions} do not: {silent_names}"),
             _well("all {regions}")),
            "silent",
            "See why in the pane of regions: what is there is not in this document",
        ),
        Check(
            f"{kind}.owned",
            "Instances have an owner",
            of.id,
            (_over(Level.WARN, "unowned_percent", UNOWNED, "{unowned_percent} have none"),
             _well("{unowned_percent} have none")),
            "unowned_percent",
            "Tag them: owner, team or contact",
            needs=(Condition("instances", ">", 0),),
        ),
    )  # fmt: skip


_AWS = (
    *_inventory("aws", inventory.ACCOUNT),
    Check(
        "aws.status",
        "Status checks",
        inventory.ACCOUNT.id,
        (_over(Level.CRIT, "impaired", 0, "{impaired} instances fail one"), _well("all pass")),
        "impaired",
        "Stop and start them, so that they move to another machine",
    ),
    Check(
        "aws.maintenance",
        "Planned maintenance",
        inventory.ACCOUNT.id,
        (_over(Level.WARN, "events", 0, "{events} instances have an event"), _well("none")),
        "events",
        "Stop and start them before the moment that stands in their line",
    ),
    Check(
        "aws.metadata",
        "Metadata with a token",
        inventory.ACCOUNT.id,
        (_over(Level.WARN, "imds_v1", 0, "{imds_v1} tell it without (IMDSv1)"), _well("all")),
        "imds_v1",
        "Require tokens, once their agents know version 2",
    ),
    Check(
        "aws.doors",
        "Doors to the world",
        network.OPENING.id,
        (
            Outcome(
                Level.CRIT,
                (Condition("risk", "==", "high"), Condition("public", ">", 0)),
                "{what} from {cidr}, on {public} public addresses",
            ),
            _is(Level.WARN, "risk", "high", "{what} from {cidr}; no public address uses it now"),
            _well("{ports} from {cidr}"),
        ),
        "risk",
        "Allow the networks that need it, and no other: aws.close-rule",
    ),
    Check(
        "aws.copies",
        "Volumes are copied",
        storage.VOLUME.id,
        (
            _is(Level.WARN, "copy", "never copied", "never, {size_bytes}"),
            _is(Level.UNKNOWN, "copy", "unknown", "snapshots are not known"),
            _over(Level.WARN, "copy_age_s", WEEK, "last {copy_age_s} ago"),
            _well("{copy_age_s} ago"),
        ),
        "copy_age_s",
        "See that a plan of AWS Backup or Data Lifecycle Manager holds for it",
        needs=(Condition("state", "==", "in-use"),),
    ),
    Check(
        "aws.database-public",
        "Databases are private",
        database.DATABASE.id,
        (_is(Level.WARN, "exposure", "public", "it has a public address"), _well("private")),
        "exposure",
        "Take its public access away, and let clients come through the VPC",
    ),
    Check(
        "aws.database-kept",
        "Databases can be restored",
        database.DATABASE.id,
        (
            Outcome(Level.CRIT, (Condition("kept_days", "<=", 0),), "no backup is kept"),
            _well("{kept_days} days are kept"),
        ),
        "kept_days",
        "Set a backup retention period",
    ),
    Check(
        "aws.buckets",
        "Buckets are private",
        bucket.BUCKET.id,
        (
            _is(Level.CRIT, "exposure", "public", "anybody may reach it"),
            _is(Level.UNKNOWN, "exposure", "unknown", "it does not tell"),
            _well("private"),
        ),
        "exposure",
        "Block public access, of the bucket or of the account",
    ),
    Check(
        "aws.patches",
        "Instances are patched",
        patch.PATCH.id,
        (
            _is(Level.UNKNOWN, "state", "unknown", "Systems Manager does not tell"),
            _is(Level.UNKNOWN, "state", "not managed", "no agent of Systems Manager"),
            _is(Level.UNKNOWN, "state", "never scanned", "never scanned"),
            _is(Level.WARN, "state", "failed", "{failed} did not install"),
            *_limited("aws.patches", "", patch.PATCH, "unpatched_days", "").outcomes,
        ),
        "unpatched_days",
        "Run AWS-RunPatchBaseline on it, in its maintenance window",
    ),
    _limited("aws.images", "Images are young", patch.IMAGE_PROBE, "age_days",
             "Take a newer image, and replace the instances that were made of this one"),
    _limited("aws.budgets", "Budgets will do", budget.BUDGET_PROBE, "foreseen_percent",
             "Look for where it goes in the cost by service"),
    _limited("aws.quotas", "Quotas", quota.QUOTA_PROBE, "used_percent",
             "Ask for more in Service Quotas, with days to spare"),
    Check(
        "aws.keys",
        "Access keys are young",
        watch.KEY.id,
        _limited("aws.keys", "", watch.KEY, "age_days", "").outcomes,
        "age_days",
        "Make a new one, change who uses it, then take the old one away",
        needs=(Condition("state", "==", "active"),),
    ),
)  # fmt: skip

_CLOUD = (
    *_inventory("cloud", probe.ACCOUNT),
    Check(
        "cloud.broken",
        "Instances work",
        probe.ACCOUNT.id,
        (_over(Level.CRIT, "broken", 0, "{broken} are broken"), _well("none is broken")),
        "broken",
        "See their fault in the provider's own console",
    ),
    Check(
        "cloud.status",
        "Instances are healthy",
        probe.ACCOUNT.id,
        (_over(Level.CRIT, "impaired", 0, "{impaired} are not, as their provider sees them"),
         _well("none is said not to be")),
        "impaired",
        "Stop and start them, so that they may move to another machine",
    ),
    Check(
        "cloud.maintenance",
        "Planned maintenance",
        probe.ACCOUNT.id,
        (_over(Level.WARN, "planned", 0, "{planned} instances have an event"), _well("none known")),
        "planned",
        "Restart them before the moment that stands in their line",
    ),
    Check(
        "cloud.copies",
        "Volumes are copied",
        probe.VOLUME.id,
        (
            _is(Level.WARN, "copy", "never copied", "never, {size_bytes}"),
            _is(Level.UNKNOWN, "copy", "unknown", "snapshots are not known"),
            _over(Level.WARN, "copy_age_s", WEEK, "last {copy_age_s} ago"),
            _well("{copy_age_s} ago"),
        ),
        "copy_age_s",
        "See that something copies it",
        needs=(Condition("state", "==", "attached"),),
    ),
    Check(
        "cloud.doors",
        "Doors to the world",
        net.OPENING.id,
        (
            _is(Level.WARN, "risk", "high", "{what} from {cidr}"),
            _well("{ports} from {cidr}"),
        ),
        "risk",
        "Allow the networks that need it, and no other: cloud.close-rule",
    ),
    _limited("cloud.quotas", "Quotas", net.QUOTA_PROBE, "used_percent",
             "Ask the provider for more, with days to spare"),
)  # fmt: skip

CHECKS = (*_AWS, *_CLOUD)
