"""The daily inspection: every host, every check, what it was held to, its week, what to do."""

import math
from collections.abc import Iterator, Mapping

from opsconsole import chapter
from opsconsole.clean import clean
from opsconsole.document import (
    Block,
    Cell,
    Checks,
    Document,
    Facts,
    Field,
    Finding,
    Paragraph,
    Section,
    Table,
    worst,
)
from opsconsole.domains.system.host import (
    clock,
    connection,
    filesystem,
    health,
    identity,
    interface,
    memory,
    vitals,
)
from opsconsole.domains.system.report import asset, capacity
from opsconsole.domains.system.report.check import CHECKS
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity
from opsconsole.ports import Point
from opsconsole.spec import Recorded, Report
from opsconsole.spelling import counted, spelled
from opsconsole.trend import growth

Findings = Mapping[str, tuple[Finding, ...]]

_PROBES = tuple(
    module.PROBE
    for module in (vitals, health, filesystem, memory, interface, clock, connection, identity)
)
_DULL = {(clock.PROBE.id, "clock"), (vitals.PROBE.id, "uptime_s")}
"""Their courses say nothing."""
_COURSES = {(check.probe, check.shown) for check in CHECKS} - _DULL
_LONG = {(past.probe, past.column) for past in capacity.PAST}

_GROWING = (
    (vitals.PROBE, "load_per_core", "Load per core"),
    (vitals.PROBE, "cpu_percent", "CPU"),
    (connection.PROBE, "tcp", "TCP connections"),
    (connection.PROBE, "tcp_time_wait", "TCP in TIME WAIT"),
    (connection.PROBE, "udp", "UDP sockets"),
    (vitals.PROBE, "conntrack_percent", "Tracked connections"),
    (vitals.PROBE, "descriptors_percent", "Open files"),
    (vitals.PROBE, "receive_bits_per_s", "Received"),
    (vitals.PROBE, "transmit_bits_per_s", "Sent"),
)
"""What is told with its growth besides what can fill up."""
_GROWTH = {(probe.id, key) for probe, key, _ in _GROWING}


def build(evidence: Evidence) -> Document:
    """Summary first, worst first; then the parts, then each host."""
    seen = {target.id: evidence.found(target.id) for target in evidence.targets}
    findings = {id_: evidence.counting(of_one) for id_, of_one in seen.items()}
    order = sorted(findings, key=lambda id_: (_rank(evidence, id_, findings[id_]), id_))
    level = max((_level(evidence, id_, findings[id_]) for id_ in order), default=Level.UNKNOWN)
    assets = asset.section(evidence, order)
    if assets.level is not None and assets.level > Level.UNKNOWN:
        level = max(level, assets.level)
    return Document(
        "system.inspection",
        "Daily inspection",
        *(evidence.now, evidence.since, evidence.until),
        (
            _summary(evidence, order, findings),
            _attention(evidence, order, findings),
            *chapter.muted(evidence, [one for of_one in seen.values() for one in of_one]),
            *chapter.unreached(evidence),
            chapter.alerts(evidence),
            chapter.deeds(evidence),
            _load(evidence, order),
            capacity.section(evidence),
            assets,
            *(_host(evidence, id_, findings[id_]) for id_ in order if not evidence.why(id_)),
            chapter.basis(evidence),
        ),
        level,
    )


def _level(evidence: Evidence, target: str, findings: tuple[Finding, ...]) -> Level:
    return Level.CRIT if evidence.why(target) else worst(findings)


def _rank(
    evidence: Evidence, target: str, findings: tuple[Finding, ...]
) -> tuple[int, int, int, int]:
    level = _level(evidence, target, findings)
    crit, warn, unknown = (
        sum(one.level is each for one in findings)
        for each in (Level.CRIT, Level.WARN, Level.UNKNOWN)
    )
    return (-level, -crit, -warn, -unknown)


_SUMMARY = (
    Field("state", "State", Quantity.STATE),
    Field("target", "Host"),
    Field("fail", "Fail", Quantity.COUNT),
    Field("warn", "Warn", Quantity.COUNT),
    Field("unknown", "Unknown", Quantity.COUNT),
    Field("pass", "Pass", Quantity.COUNT),
    Field("worst", "Worst"),
)


def _summary(evidence: Evidence, order: list[str], findings: Findings) -> Section:
    levels = [_level(evidence, id_, findings[id_]) for id_ in order]
    lost = sum(bool(evidence.why(id_)) for id_ in order)
    counts = {level: levels.count(level) for level in Level}
    said = (
        f"{counted(len(order), 'host')}: {counts[Level.CRIT] - lost} fail, {lost} not reached,"
        f" {counts[Level.WARN]} warn, {counts[Level.UNKNOWN]} with something unknown,"
        f" {counts[Level.OK]} pass everything."
    )
    rows = tuple(_line(evidence, id_, findings[id_]) for id_ in order)
    table = Table(_SUMMARY, rows, empty="The estate has no host.")
    told: tuple[Block, ...] = (Paragraph(said), table, *_also(evidence))
    return Section("Summary", told, max(levels, default=Level.UNKNOWN))


def _also(evidence: Evidence) -> Iterator[Paragraph]:
    """What else has to be known at once: alerts, what has no end, what will be full."""
    if evidence.alerts:
        crit = sum(alert.level is Level.CRIT for alert in evidence.alerts)
        yield Paragraph(
            f"{counted(len(evidence.alerts), 'alert')} open, {crit} of them critical.",
            max(alert.level for alert in evidence.alerts),
        )
    if loose := [deed for deed in evidence.deeds or () if chapter.open_end(deed)]:
        yield Paragraph(f"{counted(len(loose), 'action')} without a proven end.", Level.WARN)
    near = [one for one in capacity.stocks(evidence) if one.level > Level.UNKNOWN and one.line]
    if near and near[0].to_full is not None:
        yield Paragraph(f"{capacity.first_full(near[0])}.", near[0].level)


def _line(evidence: Evidence, target: str, findings: tuple[Finding, ...]) -> tuple[Cell, ...]:
    if why := evidence.why(target):
        return (Level.CRIT, clean(target), None, None, None, None, clean(f"not reached: {why}"))
    count = Checks(findings).count
    bad = [one for one in findings if one.level is not Level.OK]
    first = f"{bad[0].title} {bad[0].object} {_value(bad[0])}" if bad else ""
    return (
        worst(findings),
        clean(target),
        *(count(level) for level in (Level.CRIT, Level.WARN, Level.UNKNOWN, Level.OK)),
        clean(" ".join(first.split())),
    )


def _value(finding: Finding) -> str:
    return spelled(finding.quantity, finding.value)


def _attention(evidence: Evidence, order: list[str], findings: Findings) -> Section:
    """What does not pass, of those who answered."""
    reached = [id_ for id_ in order if not evidence.why(id_)]
    bad = [one for id_ in reached for one in findings[id_] if one.level > Level.UNKNOWN]
    bad.sort(key=lambda one: -one.level)
    title = "What needs attention"
    if not bad:
        return Section(title, (Paragraph("Nothing that answered fails or warns."),), Level.OK)
    return Section(title, (Checks(tuple(bad)),), worst(tuple(bad)))


_LOAD = (
    Field("target", "Host"),
    Field("what", "What"),
    Field("now", "Now"),
    Field("mean", "Mean"),
    Field("peak", "Peak"),
    Field("per_week", "Growth a week"),
    Field("course", "7 days"),
)


def _load(evidence: Evidence, order: list[str]) -> Section:
    """Load and connections: now, over the period, and where they go."""
    rows = tuple(line for id_ in order for line in _courses(evidence, id_))
    about = "Mean and peak are of the period; growth is of the recorded days, where it is no noise."
    return Section("Load and connections", (Paragraph(about), Table(_LOAD, rows)))


def _courses(evidence: Evidence, target: str) -> Iterator[tuple[Cell, ...]]:
    for probe, key, title in _GROWING:
        for row in evidence.rows(probe.id, target):
            value, kind = row[probe.index(key)], probe.columns[probe.index(key)].quantity
            points = evidence.points(probe.id, target, row, key)
            mean, peak = _over([one for one in points if evidence.since <= one.at])
            if value is None and mean is None:
                continue
            yield (
                clean(target),
                clean(title),
                *(clean(spelled(kind, one)) for one in (value, mean, peak)),
                clean(_growth(points, kind)),
                evidence.course(probe.id, target, row, key),
            )


def _over(points: list[Point]) -> tuple[float | None, float | None]:
    known = [point for point in points if math.isfinite(point.mean)]
    if not known:
        return None, None
    return math.fsum(point.mean for point in known) / len(known), max(one.high for one in known)


def _growth(points: tuple[Point, ...], kind: Quantity) -> str:
    line = growth([(point.at, point.mean) for point in points])
    if line is None:
        return "not enough history"
    if line.noise:
        return "steady"
    sign = "-" if line.per_day < 0 else "+"
    return f"{sign}{spelled(kind, abs(7 * line.per_day))}"


def _host(evidence: Evidence, target: str, findings: tuple[Finding, ...]) -> Section:
    blocks = (Facts(tuple(asset.facts(evidence, target))), Checks(findings, one_target=True))
    return Section(f"Host {target}", blocks, worst(findings))


REPORT = Report(
    id="system.inspection",
    title="Daily inspection",
    about="Every host with every check, its week, and what to do, for who takes over the day.",
    kinds=("host",),
    probes=tuple(dict.fromkeys(probe.id for probe in (*_PROBES, *asset.PROBES))),
    past=(
        *capacity.PAST,
        *(Recorded(probe, column) for probe, column in sorted((_COURSES | _GROWTH) - _LONG)),
    ),
    checks=CHECKS,
    build=build,
    default=True,
)
