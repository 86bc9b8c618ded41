"""What is paid for and not used, what could be smaller, and what may be done about it safely."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.document import Block, Field, Paragraph, Section, Table
from opsconsole.domains.cloud.aws import filesystem, idle, inventory, metric, network, storage
from opsconsole.domains.cloud.provider import net, probe
from opsconsole.domains.cloud.value import DAY
from opsconsole.domains.database.report.reading import MOST, Said, reached, said, size, words
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity, Value
from opsconsole.spec import Probe
from opsconsole.spelling import counted

OLD = 90 * DAY
"""Seconds from which a snapshot whose volume is gone is worth a line, ours."""

FRESH = 7 * DAY
"""Seconds for which a copy counts as one that a volume may go for, ours."""

IDLE_DAYS = 4
"""Of 14, from which AWS Trusted Advisor calls an instance idle."""

SMALLER = 40.0
"""Percent of CPU that its busiest day of two weeks may have for a smaller type to do, as the AWS
Compute Optimizer's usual headroom has it."""


BALANCER_USD = 16.43
"""List price of us-east-1 for a load balancer and month of 730 hours, without what it carries."""

FILE_USD = 0.30
"""The same for a GB of a file system and month, in its standard class."""

PROBES: tuple[Probe[Any], ...] = (*idle.PROBES, filesystem.FILESYSTEM)
"""What is read for this besides the inventory."""


class Waste(NamedTuple):
    """One thing that is paid for and not used."""

    target: str
    what: str
    name: Value
    owner: Value
    why: str
    month_usd: float | None
    """None where it is not known."""
    safe: bool
    """Whether nothing is lost if it goes."""
    todo: str


def found(evidence: Evidence) -> list[Waste]:
    """All of it, the dearest first; what has no price last."""
    things = [*_aws(evidence), *_other(evidence)]
    return sorted(things, key=lambda one: -(one.month_usd or 0.0))


def _kept(row: Said) -> bool:
    return row.get("protected") is True


def _aws(evidence: Evidence) -> Iterator[Waste]:
    for target in reached(evidence, "aws"):
        yield from (_volume(target, row) for row in said(evidence, storage.VOLUME, target)
                    if row["state"] == "available")  # fmt: skip
        for row in said(evidence, network.ADDRESS, target):
            if row["state"] == "unused":
                price = size(row["month_usd"])
                yield Waste(target, "address", row["address"], row["owner"], "used by nothing",
                            price, True, "release it")  # fmt: skip
        for row in said(evidence, storage.SNAPSHOT, target):
            if row["origin"] == "gone" and size(row["age_s"]) > OLD:
                yield Waste(target, "snapshot", row["snapshot"], None, "its volume is gone",
                            size(row["month_usd"]), False,
                            "ask whether it is the last copy, or of an image")  # fmt: skip
        yield from _idle(evidence, target)
        yield from _instances(evidence, target)


def _idle(evidence: Evidence, target: str) -> Iterator[Waste]:
    """What nobody used for a week, or nobody can."""
    for row in said(evidence, idle.BALANCER, target):
        if row["use"] == "idle":
            yield Waste(target, "load balancer", row["name"], None,
                        f"at most {size(row['top_day']):.0f} requests a day for a week",
                        BALANCER_USD, False, "ask who made it, then delete it")  # fmt: skip
    for row in said(evidence, idle.DATABASE, target):
        if row["use"] == "idle":
            yield Waste(target, "database", row["database"], None, "no connection for a week",
                        None, False, "take a last snapshot, then stop or delete it")  # fmt: skip
    for row in said(evidence, filesystem.FILESYSTEM, target):
        if row["reached"] == "no mount target":
            yield Waste(target, "file system", row["name"] or row["filesystem"], row["owner"],
                        "it cannot be mounted anywhere", size(row["size_bytes"]) / 1e9 * FILE_USD,
                        False, "ask its owner; back it up, then delete it")  # fmt: skip


def _volume(target: str, row: Said) -> Waste:
    copied = row["copy_age_s"] is not None and size(row["copy_age_s"]) <= FRESH
    safe = copied and not _kept(row)
    todo = "delete it" if safe else "aws.snapshot-volume, then delete it"
    if _kept(row):
        todo = "ask its owner: it is tagged protected"
    price = size(row["month_usd"]) if row["month_usd"] is not None else None
    return Waste(target, "volume", row["volume"], row["owner"], "attached to nothing", price, safe,
                 todo)  # fmt: skip


def _instances(evidence: Evidence, target: str) -> Iterator[Waste]:
    disks: dict[Value, float] = {}
    for row in said(evidence, storage.VOLUME, target):
        disks[row["instance"]] = disks.get(row["instance"], 0.0) + size(row["month_usd"])
    idle = {
        row["instance"]: row["idle_days"]
        for row in said(evidence, metric.USAGE_PROBE, target)
        if size(row["idle_days"]) >= IDLE_DAYS
    }
    for row in said(evidence, inventory.INSTANCE, target):
        name = row["name"] or row["instance"]
        if row["state"] == "stopped":
            yield Waste(target, "stopped instance", name, row["owner"], "its disks are paid for",
                        disks.get(row["instance"]), False,
                        "ask its owner; aws.snapshot, then aws.terminate")  # fmt: skip
        elif row["instance"] in idle:
            why = f"idle on {idle[row['instance']]} of 14 days"
            yield Waste(target, "instance", name, row["owner"], why, None, False,
                        "ask its owner; aws.stop, or a smaller type")  # fmt: skip


def _other(evidence: Evidence) -> Iterator[Waste]:
    for target in reached(evidence, "cloud"):
        for row in said(evidence, probe.VOLUME, target):
            if row["state"] == "unattached":
                copied = row["copy_age_s"] is not None and size(row["copy_age_s"]) <= FRESH
                todo = "delete it" if copied else "cloud.snapshot-volume, then delete it"
                yield Waste(target, "volume", row["name"] or row["volume"], None,
                            "attached to nothing", None, copied, todo)  # fmt: skip
        for row in said(evidence, net.ADDRESS, target):
            if row["state"] == "unused":
                yield Waste(target, "address", row["address"], None, "used by nothing", None, True,
                            "release it")  # fmt: skip
        for row in said(evidence, probe.INSTANCE, target):
            if row["state"] == "stopped":
                yield Waste(target, "stopped instance", row["name"] or row["instance"],
                            row["owner"], "its disks are paid for", None, False,
                            "ask its owner")  # fmt: skip


_FIELDS = (
    Field("target", "Account"),
    Field("what", "What"),
    Field("name", "Which"),
    Field("owner", "Owner"),
    Field("why", "Why"),
    Field("month_usd", "Saves USD/month", Quantity.NUMBER),
    Field("safe", "Safe to act"),
    Field("todo", "What to do"),
)


def section(evidence: Evidence) -> Section:
    """The list, with what it sums up to."""
    things = found(evidence)
    if not things:
        return Section("Waste", (Paragraph(told(things)),))
    rows = tuple(
        (
            *(clean(one.target), Clean(one.what), words(one.name, 80), words(one.owner, 60)),
            *(clean(one.why), one.month_usd, Clean("yes" if one.safe else "no"), Clean(one.todo)),
        )
        for one in things[:MOST]
    )
    left = len(things) - len(rows)
    more = (Paragraph(f"{counted(left, 'more thing')} not listed."),) if left else ()
    return Section("Waste", (Paragraph(told(things)), Table(_FIELDS, rows), *more), Level.WARN)


def told(things: list[Waste]) -> str:
    """What it sums up to."""
    if not things:
        return "Nothing is known to be paid for and not used."
    month = sum(one.month_usd or 0.0 for one in things)
    safe = sum(one.month_usd or 0.0 for one in things if one.safe)
    dark = sum(one.month_usd is None for one in things)
    unpriced = f"; {dark} more without a known price" if dark else ""
    return (
        f"{counted(len(things), 'thing')}: {month:.0f} USD a month by list prices of us-east-1,"
        f" {safe:.0f} of them safe to save{unpriced}."
    )


_SIZES = (
    Field("target", "Account"),
    Field("instance", "Instance"),
    Field("type", "Type"),
    Field("cpu_percent", "Mean CPU", Quantity.PERCENT),
    Field("cpu_top_percent", "Busiest day", Quantity.PERCENT),
    Field("idle_days", "Idle days", Quantity.COUNT),
    Field("advice", "Advice"),
)


def sizes(evidence: Evidence) -> Iterator[Section]:
    """Instances that could be smaller; nothing without an account of AWS."""
    targets = reached(evidence, "aws")
    if not targets:
        return
    rows: list[tuple[Value, ...]] = []
    known = 0
    for target in targets:
        types = {row["instance"]: row for row in said(evidence, inventory.INSTANCE, target)}
        for row in said(evidence, metric.USAGE_PROBE, target):
            known += 1
            advice = _advice(row)
            if advice:
                one = types.get(row["instance"], {})
                name = words(one.get("name") or row["instance"], 80)
                rows.append((clean(target), name, words(one.get("type")), row["cpu_percent"],
                             row["cpu_top_percent"], row["idle_days"], Clean(advice)))  # fmt: skip
    rows.sort(key=lambda one: size(one[4]))
    blocks: list[Block] = [
        Paragraph(
            f"{len(rows)} of {counted(known, 'running instance')} by CPU and network of two weeks."
            " Memory is not known to AWS: look before a type is changed."
        )
    ]
    if rows:
        blocks.append(Table(_SIZES, tuple(rows[:MOST])))
    yield Section("Rightsizing", tuple(blocks))


def _advice(row: Said) -> str:
    if size(row["days"]) < 7:
        return ""
    if size(row["idle_days"]) >= IDLE_DAYS:
        return "stop it, or take the smallest type"
    if row["cpu_top_percent"] is not None and size(row["cpu_top_percent"]) <= SMALLER:
        return "one size smaller has room for its busiest day"
    return ""
