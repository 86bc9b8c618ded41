"""The optimisation of clouds: what changed, what is wasted, who can get in, what it costs whom."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from opsconsole import chapter
from opsconsole.clean import clean
from opsconsole.document import (
    Block,
    Cell,
    Checks,
    Document,
    Field,
    Finding,
    Paragraph,
    Section,
    Table,
    worst,
)
from opsconsole.domains.cloud.aws import (
    bucket,
    budget,
    cost,
    database,
    inventory,
    metric,
    network,
    patch,
    quota,
    storage,
    watch,
)
from opsconsole.domains.cloud.provider import net, probe
from opsconsole.domains.cloud.report import waste
from opsconsole.domains.cloud.report.check import CHECKS
from opsconsole.domains.database.report.reading import (
    MOST,
    Said,
    cell,
    reached,
    said,
    size,
    unsaid,
    words,
)
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity
from opsconsole.spec import Probe, Recorded, Report
from opsconsole.spelling import counted

Findings = Mapping[str, tuple[Finding, ...]]

KINDS = ("aws", "cloud")

HEADROOM = 50.0
"""Percent from which a quota is listed: Cloud Custodian's example asks for more from there."""

TOP = 15
"""Services and owners that are listed."""

_PROBES: tuple[Probe[Any], ...] = (
    *(inventory.ACCOUNT, inventory.INSTANCE, *storage.PROBES, *network.PROBES),
    *(*waste.PROBES, bucket.BUCKET, *patch.PROBES, budget.BUDGET_PROBE),
    *(database.DATABASE, metric.USAGE_PROBE, quota.QUOTA_PROBE, *cost.PROBES, watch.KEY),
    *(probe.ACCOUNT, probe.INSTANCE, probe.VOLUME, *net.PROBES),
)  # Any: each probe has a reading type of its own

_FIRST: Mapping[str, Probe[Any]] = {"aws": inventory.ACCOUNT, "cloud": probe.ACCOUNT}

_OPENING: Mapping[str, Probe[Any]] = {"aws": network.OPENING, "cloud": net.OPENING}

_COUNTED = ("instances", "running")

PAST = tuple(Recorded(one.id, key) for one in _FIRST.values() for key in _COUNTED)


def build(evidence: Evidence) -> Document:
    """Summary first, worst first; then what can be saved and closed; then each account."""
    findings = {target.id: evidence.found(target.id) for target in evidence.targets}
    levels = {
        id_: Level.CRIT if evidence.why(id_) else worst(found) for id_, found in findings.items()
    }
    order = sorted(findings, key=lambda id_: (-levels[id_], id_))
    there = [id_ for id_ in order if not evidence.why(id_)]
    parts: Iterable[Section] = (
        _summary(evidence, order, levels),
        _attention(there, findings),
        *chapter.unreached(evidence),
        chapter.alerts(evidence),
        chapter.deeds(evidence),
        _inventory(evidence),
        waste.section(evidence),
        *waste.sizes(evidence),
        *_commitments(evidence),
        _exposure(evidence),
        *_quotas(evidence),
        *_costs(evidence),
        _unknown(evidence),
        *(Section(f"Account {id_}", (Checks(findings[id_], one_target=True),),
                  worst(findings[id_])) for id_ in there),
        chapter.basis(evidence),
    )  # fmt: skip
    span = (evidence.now, evidence.since, evidence.until)
    level = max(levels.values(), default=Level.UNKNOWN)
    return Document("cloud.optimisation", "Optimisation of clouds", *span, tuple(parts), level)


def _only(evidence: Evidence, of: Probe[Any], target: str) -> Said:  # Any: as above
    nothing: Said = {}
    return next(iter(said(evidence, of, target)), nothing)


_SUMMARY = (
    Field("state", "State", Quantity.STATE),
    Field("target", "Account"),
    Field("kind", "Kind"),
    Field("instances", "Instances", Quantity.COUNT),
    Field("running", "Running", Quantity.COUNT),
    Field("doors", "Open doors", Quantity.COUNT),
    Field("waste_usd", "Waste USD/month", Quantity.NUMBER),
    Field("unowned_percent", "Without owner", Quantity.PERCENT),
    Field("month_cost", "Month", Quantity.NUMBER),
    Field("unit", "Unit"),
)


def _summary(evidence: Evidence, order: list[str], levels: Mapping[str, Level]) -> Section:
    things = waste.found(evidence)
    kinds = {target.id: target.kind for target in evidence.targets}
    rows: list[tuple[Cell, ...]] = []
    for id_ in order:
        line = _only(evidence, _FIRST[kinds[id_]], id_)
        paid = _only(evidence, cost.COST, id_) if kinds[id_] == "aws" else {}
        opening = _OPENING[kinds[id_]]
        doors = [row for row in said(evidence, opening, id_) if row["risk"] == "high"]
        known = evidence.samples.get((opening.id, id_))
        mine = [one.month_usd or 0.0 for one in things if one.target == id_]
        rows.append(
            (
                *(levels[id_], clean(id_), clean(kinds[id_])),
                *(line.get("instances"), line.get("running")),
                len(doors) if known is not None and known.rows is not None else None,
                sum(mine) if line else None,
                *(line.get("unowned_percent"), paid.get("month_cost"), cell(paid.get("unit"))),
            )
        )
    told = f"{counted(len(order), 'account')}. {waste.told(things)}"
    table = Table(_SUMMARY, tuple(rows), empty="The estate has no account of a cloud.")
    level = max(levels.values(), default=Level.UNKNOWN)
    return Section("Summary", (Paragraph(told), table), level)


def _attention(there: list[str], findings: Findings) -> Section:
    bad = [one for id_ in there for one in findings[id_] if one.level > Level.UNKNOWN]
    bad.sort(key=lambda one: -one.level)
    title = "What needs attention"
    if not bad:
        return Section(title, (Paragraph("Nothing that answered fails or warns."),), Level.OK)
    left = len(bad) - MOST
    more = (Paragraph(f"{left} more are not listed."),) if left > 0 else ()
    return Section(title, (Checks(tuple(bad[:MOST])), *more), worst(tuple(bad)))


_CHANGES = (
    Field("target", "Account"),
    Field("what", "What"),
    Field("before", "At the beginning", Quantity.NUMBER),
    Field("now", "Now", Quantity.COUNT),
    Field("change", "Change", Quantity.NUMBER),
)


def _inventory(evidence: Evidence) -> Section:
    """How many there are, and how many there were."""
    rows: list[tuple[Cell, ...]] = []
    for target in evidence.targets:
        of = _FIRST[target.kind]
        for row in evidence.rows(of.id, target.id):
            for key in _COUNTED:
                now = size(row[of.index(key)])
                points = evidence.points(of.id, target.id, row, key)
                within = [point.mean for point in points if point.at >= evidence.since]
                before = next((mean for mean in within if mean == mean), None)
                change = now - before if before is not None else None
                rows.append((clean(target.id), clean(key), before, now, change))
    note = Paragraph("Where nothing is recorded, how many there were is not known.")
    return Section("Inventory and how it changed", (note, Table(_CHANGES, tuple(rows))))


def _commitments(evidence: Evidence) -> Iterator[Section]:
    if not reached(evidence, "aws"):
        return
    keys = ("covered_percent", "reserved_percent")
    fields = (
        Field("target", "Account"),
        Field("covered_percent", "Savings Plans", Quantity.PERCENT),
        Field("reserved_percent", "Reservations", Quantity.PERCENT),
    )
    rows = tuple(
        (clean(target), *(_only(evidence, cost.COST, target).get(key) for key in keys))
        for target in reached(evidence, "aws")
    )
    note = Paragraph(
        "Of four weeks: the share of what Savings Plans could pay for that they do pay for, and"
        " of hours of instances that were reserved."
    )
    yield Section("Commitment coverage", (note, Table(fields, rows)))


_DOORS = (
    Field("target", "Account"),
    Field("what", "What"),
    Field("name", "Which"),
    Field("from", "From"),
    Field("opens", "Opens"),
    Field("users", "Used by"),
    Field("public", "Public addresses", Quantity.COUNT),
)


def _open_aws(evidence: Evidence, target: str) -> Iterator[tuple[Cell, ...]]:
    for row in said(evidence, network.OPENING, target):
        if row["risk"] == "high":
            what = clean(f"{row['protocol']} {row['ports']}: {row['what']}")
            yield (clean(target), clean("rule"), cell(row["group"]), cell(row["cidr"]), what,
                   cell(row["users"]), row["public"])  # fmt: skip
    for row in said(evidence, database.DATABASE, target):
        if row["exposure"] == "public":
            yield (clean(target), clean("database"), cell(row["database"]), clean("anywhere"),
                   cell(row["engine"]), cell(row["host"]), 1)  # fmt: skip
    for row in said(evidence, bucket.BUCKET, target):
        if row["exposure"] == "public":
            yield (clean(target), clean("bucket"), cell(row["bucket"]), clean("anywhere"),
                   clean("what is in it"), None, None)  # fmt: skip


def _open_elsewhere(evidence: Evidence, target: str) -> Iterator[tuple[Cell, ...]]:
    for row in said(evidence, net.OPENING, target):
        if row["risk"] == "high":
            what = clean(f"{row['protocol']} {row['ports']}: {row['what']}")
            name = words(row["name"] or row["group"], 80)
            yield clean(target), clean("rule"), name, cell(row["cidr"]), what, None, None


def _exposure(evidence: Evidence) -> Section:
    """What anybody can reach: rules, databases, buckets."""
    rows: list[tuple[Cell, ...]] = []
    for kind, way in (("aws", _open_aws), ("cloud", _open_elsewhere)):
        for target in reached(evidence, kind):
            rows += way(evidence, target)
    rows.sort(key=lambda one: -size(one[-1] if isinstance(one[-1], int | float) else None))
    table = Table(_DOORS, tuple(rows[:MOST]), empty="Nothing dangerous is known to be open.")
    blocks: list[Block] = [
        table,
        *unsaid(evidence, network.OPENING, database.DATABASE, bucket.BUCKET, net.OPENING),
    ]
    if reached(evidence, "cloud"):
        blocks.append(Paragraph("Who uses a rule is known of AWS only, and so are its addresses."))
    return Section("Public exposure", tuple(blocks), Level.CRIT if rows else None)


def _table(
    evidence: Evidence, of: Probe[Any], keys: tuple[str, ...], order: str, least: float, most: int
) -> list[Block]:  # Any: as above
    """Rows of all accounts of a kind by a column, the largest first."""
    columns = {column.key: column for column in of.columns}
    found: list[tuple[str, Said]] = [
        (target, row)
        for target in reached(evidence, of.id.partition(".")[0])
        for row in said(evidence, of, target)
        if size(row[order]) >= least
    ]
    found.sort(key=lambda one: -size(one[1][order]))
    fields = (
        Field("target", "Account"),
        *(Field(key, columns[key].title.capitalize(), columns[key].quantity) for key in keys),
    )
    rows = tuple((clean(id_), *(cell(row[key]) for key in keys)) for id_, row in found[:most])
    left = len(found) - len(rows)
    more = [Paragraph(f"{counted(left, 'more row')} not listed.")] if left else []
    return [Table(fields, rows, of.title), *more, *unsaid(evidence, of)]


def _quotas(evidence: Evidence) -> Iterator[Section]:
    shared = ("quota", "region", "used", "limit", "used_percent")
    tables: list[Block] = []
    for kind, of, more in (("aws", quota.QUOTA_PROBE, ("service", "raise")),
                           ("cloud", net.QUOTA_PROBE, ())):  # fmt: skip
        if reached(evidence, kind):
            keys = (*shared, *more)
            tables += _table(evidence, of, keys, "used_percent", HEADROOM, MOST)
    if tables:
        note = f"Quotas that are used to {HEADROOM:g} % and more, of those providers tell of."
        yield Section("Quota headroom", (Paragraph(note), *tables))


def _costs(evidence: Evidence) -> Iterator[Section]:
    if not reached(evidence, "aws"):
        return
    services = ("service", "month_cost", "day_cost", "usual_cost", "over_percent", "unit")
    owners = ("owner", "month_cost", "unit")
    budgets = ("budget", "each", "limit", "spent", "foreseen", "foreseen_percent", "unit")
    yield Section(
        "Cost",
        (
            Paragraph("Since the first of the month, UTC, as Cost Explorer has it by now."),
            *_table(evidence, cost.SERVICE, services, "month_cost", 0.01, TOP),
            *_table(evidence, cost.OWNER, owners, "month_cost", 0.01, TOP),
            *_table(evidence, budget.BUDGET_PROBE, budgets, "foreseen_percent", 0.0, TOP),
        ),
    )


def _unknown(evidence: Evidence) -> Section:
    told = [
        "What an instance costs by the hour, and what a smaller type would save: not known.",
        "What NAT gateways carry that need not leave, and storage classes of buckets: not read.",
    ]
    if others := reached(evidence, "cloud"):
        told.append(f"Costs, use, databases and buckets of {', '.join(others)}: not read.")
    lines = [Paragraph(one) for one in told]
    return Section("What is not known", (*lines, *unsaid(evidence, storage.VOLUME, probe.VOLUME)))


REPORT = Report(
    id="cloud.optimisation",
    title="Optimisation of clouds",
    about="Every account: what changed, what is wasted, who can get in, what it costs whom.",
    kinds=KINDS,
    probes=tuple(dict.fromkeys(one.id for one in _PROBES)),
    past=PAST,
    checks=CHECKS,
    build=build,
    hours=7 * 24,
    default=True,
)
