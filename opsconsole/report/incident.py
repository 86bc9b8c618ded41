"""The incident report: what happened, what began it, what was done and proven, what is open."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from opsconsole import chapter
from opsconsole.alert import Occurrence, Phase
from opsconsole.clean import Clean, clean
from opsconsole.document import (
    SEVERITIES,
    Chart,
    Document,
    Facts,
    Field,
    Line,
    Mark,
    Paragraph,
    Section,
    Table,
)
from opsconsole.evidence import Evidence, Metric
from opsconsole.model import Level, Quantity
from opsconsole.spelling import counted, exactly, lasting

ID = "incident"
CHARTS = 24
"""Courses that are drawn; more would be read by nobody."""

BY_PEOPLE = frozenset({"action", "refusal", "note", "deploy", "clear"})
"""Kinds of occurrences that are no sign of something wrong, whatever their level."""


@dataclass(slots=True)
class Trouble:
    """One object and what was wrong with it."""

    target: str
    object: Clean
    first: float
    last: float
    level: Level
    signs: int = 0
    open: dict[str, Occurrence] = field(default_factory=dict[str, Occurrence])
    """By what names it: what was raised, or lost, and not ended."""


def abnormal(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    """Signs that something was wrong, in order of time."""
    signs = (one for one in occurrences if one.level > Level.OK and one.kind not in BY_PEOPLE)
    return sorted(signs, key=lambda one: (one.at, -one.level))


def troubles(occurrences: Iterable[Occurrence]) -> list[Trouble]:
    """What was affected, in order of its first sign, with what did not end."""
    found: dict[tuple[str, str], Trouble] = {}
    for one in sorted(occurrences, key=lambda one: one.at):
        place = one.target, one.object
        name = one.ref or f"{one.kind}:{one.target}:{one.object}"
        if one.kind == "clear" or (one.kind == "watch" and one.level is Level.OK):
            if place in found:
                found[place].open.pop(name, None)
                found[place].last = one.at
        elif one.level > Level.OK and one.kind not in BY_PEOPLE:
            trouble = found.setdefault(
                place, Trouble(one.target, one.object, one.at, one.at, one.level)
            )
            trouble.last, trouble.signs = one.at, trouble.signs + 1
            trouble.level = max(trouble.level, one.level)
            if one.kind in ("alert", "watch"):
                trouble.open[name] = one
    return list(found.values())


def settled(found: list[Trouble], evidence: Evidence) -> list[Trouble]:
    """The same, with alerts as they stood at the end where that is recorded."""
    if evidence.stood is None:
        return found
    known = {(one.target, one.object): one for one in found}
    for trouble in found:
        for name in [name for name, one in trouble.open.items() if one.kind == "alert"]:
            del trouble.open[name]
    for alert in sorted(evidence.stood, key=lambda one: one.since):
        place = alert.target, alert.object
        if place not in known:
            last = min(max(alert.changed, alert.since), evidence.until)
            known[place] = Trouble(*place, alert.since, last, alert.level)
        trouble = known[place]
        trouble.level = max(trouble.level, alert.level)
        if alert.phase is not Phase.RESOLVED:
            taken = chapter.taken(alert)
            text = f"{alert.title}: {alert.why}" + (f" ({taken})" if taken else "")
            trouble.open[alert.id] = Occurrence(
                *(alert.since, "alert", alert.target, alert.object, alert.level),
                *(clean(text, 600), alert.id),
            )
    return sorted(known.values(), key=lambda one: one.first)


def build(evidence: Evidence) -> Document:
    """What the evidence tells of the period."""
    signs = abnormal(evidence.occurrences)
    found = settled(troubles(evidence.occurrences), evidence)
    return Document(
        ID,
        "Incident report",
        *(evidence.now, evidence.since, evidence.until),
        (
            _summary(evidence, signs, found),
            _open_ends(evidence, found),
            _affected(found),
            *(() if evidence.stood is None else (chapter.alerts(evidence),)),
            chapter.deeds(evidence),
            *_courses(evidence),
            Section("Timeline", (chapter.timeline(evidence.occurrences),)),
            chapter.basis(evidence),
        ),
    )


def _summary(evidence: Evidence, signs: list[Occurrence], found: list[Trouble]) -> Section:
    raised = sum(one.kind == "alert" for one in signs)
    done = [deed for deed in evidence.deeds or () if deed.done]
    proven = sum(not chapter.open_end(deed) for deed in done)
    targets = dict.fromkeys(one.target for one in found if one.target)
    items = [
        ("First abnormal thing", told(signs[0]) if signs else "none was written down"),
        ("Affected", f"{counted(len(found), 'object')} on {counted(len(targets), 'target')}"),
        ("Alerts raised", str(raised)),
        ("Done", f"{counted(len(done), 'action')}, {proven} of them proven"),
    ]
    if signs:
        length = lasting(max(one.last for one in found) - signs[0].at)
        items.insert(1, ("From first to last sign", length))
    if evidence.first:
        items.insert(1, ("Probable cause", evidence.first))
    return Section("Summary", (Facts(tuple(items)),))


def told(one: Occurrence) -> str:
    """An occurrence in a line."""
    where = " ".join(filter(None, (one.target, one.object)))
    return f"{exactly(one.at)} {where}: {one.text}"


def _open_ends(evidence: Evidence, found: list[Trouble]) -> Section:
    lines = [
        f"{told(one)}; not over at the end of the period"
        for trouble in found
        for one in trouble.open.values()
    ]
    lines += [
        f"{exactly(deed.at)} {deed.who}: {deed.action} on"
        f" {chapter.few(deed.objects or deed.targets)}: {deed.state}"
        + (f"; {deed.message}" if deed.message else "")
        for deed in evidence.deeds or ()
        if chapter.open_end(deed)
    ]
    lines += [
        f"runbook {name}{f' on {target}' if target else ''}, last touched by {who}"
        f" at {exactly(at)}: not finished"
        for name, target, who, at in evidence.runbooks
    ]
    rows = tuple((clean(line, 600),) for line in lines)
    table = Table((Field("open", "What is open"),), rows, empty="Nothing is left open.")
    return Section("Open ends", (table,), Level.WARN if rows else Level.OK)


_AFFECTED = (
    Field("level", "Worst", Quantity.STATE, SEVERITIES),
    Field("target", "Target"),
    Field("object", "Object"),
    Field("first", "First sign (UTC)"),
    Field("last", "Last"),
    Field("signs", "Signs", Quantity.COUNT),
    Field("state", "At the end"),
)


def _affected(found: list[Trouble]) -> Section:
    rows = tuple(
        (
            one.level,
            clean(one.target),
            one.object,
            clean(exactly(one.first)),
            clean(exactly(one.last)),
            one.signs,
            Clean("open" if one.open else "over"),
        )
        for one in found
    )
    empty = "No sign of anything wrong was written down."
    return Section("What was affected", (Table(_AFFECTED, rows, empty=empty),))


def _courses(evidence: Evidence) -> Iterator[Section]:
    drawn = [metric for metric in evidence.metrics if metric.points]
    if not evidence.metrics:
        return
    if not drawn:
        lost = Paragraph("Nothing is recorded of what the alerts were about.")
        yield Section("Courses of what alerted", (lost,))
        return
    left = len(drawn) - CHARTS
    more = (Paragraph(f"{left} more are not drawn."),) if left > 0 else ()
    charts = tuple(_chart(evidence, metric) for metric in drawn[:CHARTS])
    yield Section("Courses of what alerted", (*charts, *more))


def _chart(evidence: Evidence, metric: Metric) -> Chart:
    name = " ".join(filter(None, (metric.target, metric.object)))
    points = _with_gaps(metric)
    peaks = tuple((at, high) for at, _, high in points)
    means = tuple((at, mean) for at, mean, _ in points)
    lines = [Line(name, means)]
    if any(high > mean for _, mean, high in points):
        lines.append(Line("highest within a stretch", peaks))
    marks = () if metric.limit is None else (Mark("limit", metric.limit, Level.CRIT),)
    top = 100.0 if metric.quantity is Quantity.PERCENT else None
    return Chart(
        f"{metric.title}: {name}",
        metric.quantity,
        *(evidence.since, evidence.until),
        tuple(lines),
        marks,
        top,
    )


def _with_gaps(metric: Metric) -> list[tuple[float, float, float]]:
    """Time, mean and highest of each stretch; a hole much wider than a stretch is drawn as one."""
    times = [point.at for point in metric.points]
    steps = sorted(after - before for before, after in pairwise(times))
    wide = 3 * steps[len(steps) // 2] if steps else math.inf
    found: list[tuple[float, float, float]] = []
    for point in metric.points:
        if found and point.at - found[-1][0] > wide:
            found.append((found[-1][0] + wide / 3, math.nan, math.nan))
        found.append((point.at, point.mean, point.high))
    return found
