"""The weekly health of databases: every server with every check, then what a review needs."""

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
from opsconsole.domains.database.mysql import engine, statements, storage
from opsconsole.domains.database.mysql import health as mysql
from opsconsole.domains.database.mysql import replication as channel
from opsconsole.domains.database.pgbackrest import probe as kept
from opsconsole.domains.database.postgres import database, overview, relation, replication, setting
from opsconsole.domains.database.postgres import statements as sql
from opsconsole.domains.database.redis.memory import MEMORY
from opsconsole.domains.database.redis.overview import OVERVIEW
from opsconsole.domains.database.redis.persistence import PERSISTENCE
from opsconsole.domains.database.redis.replication import REPLICATION
from opsconsole.domains.database.redis.slow import COMMAND
from opsconsole.domains.database.report import backup, config, copies, growth, review
from opsconsole.domains.database.report.check import CHECKS, found, weighed
from opsconsole.domains.database.report.reading import reached, said
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity
from opsconsole.spec import Probe, Report
from opsconsole.spelling import counted, spelled

Findings = Mapping[str, tuple[Finding, ...]]

KINDS = ("postgres", "mysql", "redis", "pgbackrest")

_PROBES = (
    *(overview.HEALTH, overview.SIZE, database.ARCHIVER, *replication.PROBES),
    *(sql.STATEMENT, relation.TABLE, relation.ADVICE, setting.SETTING, setting.FILE),
    *(mysql.HEALTH, channel.REPLICATION, engine.GALERA, *statements.PROBES, storage.SCHEMA),
    *(OVERVIEW, MEMORY, PERSISTENCE, REPLICATION, COMMAND, *kept.PROBES),
)


def build(evidence: Evidence) -> Document:
    """Summary first, worst first; then the review; then each server."""
    whole = weighed(evidence)
    seen = {target.id: found(whole, target.id) for target in whole.targets}
    findings = {id_: whole.counting(of_one) for id_, of_one in seen.items()}
    order = sorted(findings, key=lambda id_: (-_level(whole, id_, findings[id_]), id_))
    level = max((_level(whole, id_, findings[id_]) for id_ in order), default=Level.UNKNOWN)
    there = [id_ for id_ in order if not whole.why(id_)]
    parts: Iterable[Section] = (
        _summary(whole, order, findings),
        _attention(there, findings),
        *chapter.muted(whole, [one for of_one in seen.values() for one in of_one]),
        *chapter.unreached(whole),
        chapter.alerts(whole),
        chapter.alerted(whole),
        chapter.deeds(whole),
        growth.load(evidence),
        growth.section(whole),
        review.statements(whole),
        *review.indexes(whole),
        *review.bloat(whole),
        *config.section(whole),
        copies.section(whole),
        *backup.section(whole),
        _unknown(whole),
        *(Section(f"Server {id_}", (Checks(findings[id_], one_target=True),),
                  worst(findings[id_])) for id_ in there),
        chapter.basis(whole),
    )  # fmt: skip
    span = (evidence.now, evidence.since, evidence.until)
    return Document("database.health", "Weekly health of databases", *span, tuple(parts), level)


def _level(evidence: Evidence, target: str, findings: tuple[Finding, ...]) -> Level:
    return Level.CRIT if evidence.why(target) else worst(findings)


_FIRST: Mapping[str, Probe[Any]] = {
    "postgres": overview.HEALTH,
    "mysql": mysql.HEALTH,
    "redis": OVERVIEW,
    "pgbackrest": kept.HEALTH,
}  # Any: each probe has a reading type of its own

_SUMMARY = (
    Field("state", "State", Quantity.STATE),
    Field("target", "Server"),
    Field("kind", "Kind"),
    Field("role", "Role"),
    Field("version", "Version"),
    Field("fail", "Fail", Quantity.COUNT),
    Field("warn", "Warn", Quantity.COUNT),
    Field("unknown", "Unknown", Quantity.COUNT),
    Field("pass", "Pass", Quantity.COUNT),
    Field("worst", "Worst"),
)


def _summary(evidence: Evidence, order: list[str], findings: Findings) -> Section:
    levels = [_level(evidence, id_, findings[id_]) for id_ in order]
    lost = sum(bool(evidence.why(id_)) for id_ in order)
    told = (
        f"{counted(len(order), 'server')}: {levels.count(Level.CRIT) - lost} fail,"
        f" {lost} not reached, {levels.count(Level.WARN)} warn,"
        f" {levels.count(Level.UNKNOWN)} with something unknown,"
        f" {levels.count(Level.OK)} pass everything."
    )
    rows = tuple(_line(evidence, id_, findings[id_]) for id_ in order)
    table = Table(_SUMMARY, rows, empty="The estate has no database.")
    blocks: tuple[Block, ...] = (Paragraph(told), table, *_also(evidence))
    return Section("Summary", blocks, max(levels, default=Level.UNKNOWN))


def _line(evidence: Evidence, target: str, findings: tuple[Finding, ...]) -> tuple[Cell, ...]:
    kind = next(one.kind for one in evidence.targets if one.id == target)
    if why := evidence.why(target):
        nothing = (None,) * 6
        return (Level.CRIT, clean(target), clean(kind), *nothing, clean(f"not reached: {why}", 600))
    rows = said(evidence, _FIRST[kind], target)
    role, version = (rows[0]["role"], rows[0]["version"]) if rows else (None, None)
    bad = [one for one in findings if one.level is not Level.OK]
    first = ""
    if bad:
        first = f"{' '.join(filter(None, (bad[0].title, bad[0].object)))}: {bad[0].message}"
    return (
        *(worst(findings), clean(target), clean(kind), role, version),
        *(Checks(findings).count(one) for one in (Level.CRIT, Level.WARN, Level.UNKNOWN, Level.OK)),
        clean(" ".join(first.split()), 300),
    )


def _also(evidence: Evidence) -> Iterator[Paragraph]:
    """What else has to be known at once: alerts, what has no end, what grows fastest."""
    if evidence.alerts:
        crit = sum(alert.level is Level.CRIT for alert in evidence.alerts)
        told = f"{counted(len(evidence.alerts), 'alert')} open, {crit} of them critical."
        yield Paragraph(told, max(alert.level for alert in evidence.alerts))
    if loose := [deed for deed in evidence.deeds or () if chapter.open_end(deed)]:
        yield Paragraph(f"{counted(len(loose), 'action')} without a proven end.", Level.WARN)
    if (first := next(iter(growth.stores(evidence)), None)) and first.to_double is not None:
        yield Paragraph(f"{growth.first_doubled(first)}.")


def _attention(there: list[str], findings: Findings) -> Section:
    """What does not pass, of those who answered."""
    bad = [one for id_ in there for one in findings[id_] if one.level > Level.UNKNOWN]
    bad.sort(key=lambda one: -one.level)
    title = "What needs attention"
    if not bad:
        return Section(title, (Paragraph("Nothing that answered fails or warns."),), Level.OK)
    return Section(title, (Checks(tuple(bad)),), worst(tuple(bad)))


def _unknown(evidence: Evidence) -> Section:
    """What this document cannot tell, and what would let it."""
    told = [
        "Pending changes of schemas and the locks they would take: not known.",
        "Plans of statements, and whether they changed: not known.",
    ]
    names = {"mysql": "MySQL", "redis": "Redis"}
    if others := [name for kind, name in names.items() if reached(evidence, kind)]:
        told.append(f"Settings of {' and '.join(others)}: not read.")
    for probe in (overview.HEALTH, mysql.HEALTH):
        for target in reached(evidence, probe.id.partition(".")[0]):
            for row in said(evidence, probe, target):
                if row["missing"]:
                    told.append(
                        f"{target}: more can be seen after {spelled(Quantity.TEXT, row['missing'])}"
                    )
                if row["cache_hit_percent"] is None:
                    told.append(f"{target}: cache hit: too few pages were read to tell.")
    return Section("What is not known", tuple(Paragraph(one) for one in told))


REPORT = Report(
    id="database.health",
    title="Weekly health of databases",
    about="Every database server with every check; statements, indexes, growth, copies.",
    kinds=KINDS,
    probes=tuple(dict.fromkeys(probe.id for probe in _PROBES)),
    past=growth.PAST,
    checks=CHECKS,
    build=build,
    hours=7 * 24,
    default=True,
)
