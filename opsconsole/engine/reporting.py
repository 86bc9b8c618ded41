"""Reads what a report needs from a recording, the audit log and the saved alerts."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from opsconsole import registry
from opsconsole.alert import Alert, Alerts, Occurrence, Phase, Silence
from opsconsole.check import Check, Mute
from opsconsole.engine.deeds import Log, read_log
from opsconsole.errors import OpsError, Unrecorded, UsageError
from opsconsole.estate import Estate
from opsconsole.evidence import Evidence, Metric, Place
from opsconsole.model import Quantity, Row, Sample, Target
from opsconsole.ports import Past, Point
from opsconsole.rule import Measure, Rule
from opsconsole.spec import Probe, Recorded

_DAY = 86400.0

LOOK_S = 1800.0
"""Seconds between two looks at the alerts of a period: what is over is still told for an hour."""

MOST_LOOKS = 400


@dataclass(frozen=True, slots=True)
class Period:
    """What a document is about: a stretch of time, and some targets."""

    now: float
    since: float
    until: float
    """Unix times, seconds."""
    targets: tuple[Target, ...]

    def has(self, target: str) -> bool:
        """Whether a target is among them."""
        return any(one.id == target for one in self.targets)


@dataclass(slots=True)
class Sources:
    """Where a document's facts come from; what is not there is told in its notices."""

    past: Past | None = None
    alerts: tuple[Alert, ...] | None = None
    alerts_at: float | None = None
    """Unix time at which they were written down."""
    silences: tuple[Silence, ...] = ()
    notices: list[str] = field(default_factory=list[str])
    targets: tuple[Target, ...] = ()
    """All of the estate: what hit some may have begun at another."""


def evidence(
    period: Period,
    sources: Sources,
    probes: Iterable[Probe[Any]],  # Any: each probe has a reading type of its own
    samples: Iterable[Sample] = (),
    checks: Sequence[Check] = (),
    mutes: Sequence[Mute] = (),
) -> Evidence:
    """All but the recorded courses."""
    known = tuple(probes)
    notices = list(sources.notices)
    log = _log(period, notices)
    span = _span(sources.past, notices)
    return Evidence(
        period.now,
        period.since,
        period.until,
        period.targets,
        {probe.id: probe.columns for probe in known},
        {probe.id: probe.key for probe in known},
        {(sample.probe, sample.target): sample for sample in samples},
        recorded=span,
        alerts=_mine(period, sources.alerts),
        alerts_at=sources.alerts_at,
        silences=sources.silences,
        occurrences=_occurrences(period, sources.past if span else None, log),
        deeds=None if log is None else tuple(log.deeds),
        armed=() if log is None else tuple(log.armed),
        runbooks=() if log is None else tuple(log.runbooks),
        checks=tuple(checks),
        notices=tuple(notices),
        mutes=tuple(mutes),
        supplies={k: one.supply for k, one in registry.integrations().items() if one.supply},
        estate=sources.targets,
    )


def _mine(period: Period, alerts: tuple[Alert, ...] | None) -> tuple[Alert, ...] | None:
    if alerts is None:
        return None
    return tuple(alert for alert in alerts if period.has(alert.target))


def _log(period: Period, notices: list[str]) -> Log | None:
    try:
        log = read_log(period.since, period.until, period.has)
    except OSError as error:
        notices.append(f"the audit log cannot be read: {error.strerror or error}")
        return None
    if log is not None and log.bad:
        notices.append(f"{log.bad} lines of the audit log are no records: opsconsole audit verify")
    return log


def _span(past: Past | None, notices: list[str]) -> tuple[float, float] | None:
    if past is None:
        return None
    try:
        span = past.span
    except Unrecorded as error:
        notices.append(f"the recording cannot be read: {error}")
        return None
    if span is None:
        notices.append("the recording is empty")
    return span


def _occurrences(period: Period, past: Past | None, log: Log | None) -> tuple[Occurrence, ...]:
    """What the recording and the audit log say happened, each once."""
    found = list(log.occurrences) if log else []
    known = {one.ref for one in found if one.ref}
    told = past.occurrences(period.since, period.until) if past else []
    found += [
        one for one in told if one.ref not in known and (not one.target or period.has(one.target))
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def with_courses(found: Evidence, past: Past | None, wanted: Sequence[Recorded]) -> Evidence:
    """The same with the recorded course of each column of each row that is there now."""
    if past is None or found.recorded is None:
        return found
    try:
        courses = dict(_courses(found, past, wanted))
    except OpsError as error:
        return replace(found, notices=(*found.notices, f"the recording cannot be read: {error}"))
    return replace(found, courses=courses)


def _courses(
    found: Evidence, past: Past, wanted: Sequence[Recorded]
) -> Iterator[tuple[Place, tuple[Point, ...]]]:
    there = set(past.pairs())
    for one in wanted:
        since = found.until - one.days * _DAY if one.days else found.since
        for target in found.targets:
            if (one.probe, target.id) not in there:
                continue
            for key in _keys(found, one.probe, target.id):
                series = past.series(
                    *(one.probe, target.id, key, one.column),
                    *(since, found.until, one.points),
                )
                yield (one.probe, target.id, key, one.column), tuple(series)


def _keys(found: Evidence, probe: str, target: str) -> list[Row]:
    return [found.key_of(probe, row) for row in found.rows(probe, target)]


def with_alerts(found: Evidence, past: Past | None) -> Evidence:
    """The same with the alerts as they stood within the period and at its end, as recorded."""
    if past is None or found.recorded is None:
        return found
    end = min(found.until, found.recorded[1])
    steps = min(MOST_LOOKS, max(1, math.ceil((end - found.since) / LOOK_S)))
    known: dict[str, Alert] = {}
    last: Alerts | None = None
    try:
        for step in range(steps, -1, -1):
            told = past.alerts(end - step * max(0.0, end - found.since) / steps)
            last = told or last
            known |= {one.id: one for one in told.alerts} if told else {}
    except OpsError as error:
        return replace(found, notices=(*found.notices, f"the recording cannot be read: {error}"))
    if last is None:
        lost = "alerts as they stood in that time are not recorded: these are the newest there are"
        return replace(found, notices=(*found.notices, lost))
    mine = {target.id for target in found.targets}
    stood = [
        one
        for one in known.values()
        if one.target in mine and (one.phase is not Phase.RESOLVED or one.changed >= found.since)
    ]
    return replace(
        found,
        stood=tuple(stood),
        alerts=tuple(one for one in stood if one.phase is not Phase.RESOLVED),
        alerts_at=end,
        silences=tuple(last.silences or ()),
    )


def with_metrics(
    found: Evidence,
    past: Past | None,
    rules: Iterable[Rule],
    probes: Mapping[str, Probe[Any]],
    points: int = 240,
) -> Evidence:
    """The same with the recorded courses of what was alerted on within the period."""
    known = {rule.id: rule for rule in rules}
    places = dict(_alerted(found, known))
    metrics = tuple(
        Metric(
            *(title, place[0], place[1], _unit(probes, *place[2:])),
            *(limit, tuple(_course(found, past, place, probes, points))),
        )
        for place, (title, limit) in places.items()
        if place[2] in probes
    )
    return replace(found, metrics=metrics)


_Spot = tuple[str, str, str, str]
"""Target, object, probe, column."""


def _alerted(
    found: Evidence, rules: Mapping[str, Rule]
) -> Iterator[tuple[_Spot, tuple[str, float | None]]]:
    for one in found.occurrences:
        rule = rules.get(one.ref.partition(":")[0]) if one.kind == "alert" else None
        if rule is not None:
            bound = rule.crit or rule.warn
            limit = bound.raised if bound and rule.measure is Measure.NEWEST else None
            yield (one.target, one.object, rule.probe, rule.column), (rule.title, limit)
    for alert in found.stood or found.alerts or ():
        if found.since <= alert.changed and alert.since <= found.until:
            place = (alert.target, alert.object, alert.probe, alert.column)
            yield place, (alert.title, alert.limit)


def _unit(probes: Mapping[str, Probe[Any]], probe: str, column: str) -> Quantity:
    columns = probes[probe].columns
    return next((one.quantity for one in columns if one.key == column), Quantity.NUMBER)


def _course(
    found: Evidence,
    past: Past | None,
    place: _Spot,
    probes: Mapping[str, Probe[Any]],
    points: int,
) -> list[Point]:
    target, thing, probe, column = place
    if past is None or found.recorded is None:
        return []
    key = _key_of(found, past, probes[probe], target, thing)
    if key is None:
        return []
    return past.series(probe, target, key, column, found.since, found.until, points)


def _key_of(found: Evidence, past: Past, probe: Probe[Any], target: str, thing: str) -> Row | None:
    """The key of the row that an alert calls by this name."""
    if not probe.key:
        return ()
    places = [probe.index(name) for name in probe.key]
    for moment in (found.until, (found.since + found.until) / 2, found.since):
        for sample in past.at(moment, [(probe.id, target)]):
            for row in sample.rows or ():
                key = tuple(row[place] for place in places)
                if " ".join(str(value) for value in key) == thing or str(key[0]) == thing:
                    return key
    return None


def checks_of(estate: Estate, probes: Mapping[str, Probe[Any]]) -> tuple[Check, ...]:
    """The estate's own checks, with their targets by id; raises `UsageError` for unknown names."""
    found: list[Check] = []
    for check in estate.checks:
        ids = tuple(target.id for pattern in check.targets for target in estate.select(pattern))
        probe = probes.get(check.probe)
        there = {column.key for column in probe.columns} if probe else set[str]()
        if missing := sorted(check.names() - there):
            raise UsageError(
                f"{check.id} asks {check.probe} for {', '.join(missing)}: no such column"
            )
        found.append(replace(check, targets=ids))
    return tuple(found)


def mutes_of(estate: Estate) -> tuple[Mute, ...]:
    """The estate's mutes, with their targets by id."""
    return tuple(replace(mute, targets=_ids(estate, mute.targets)) for mute in estate.mutes)


def _ids(estate: Estate, patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Targets that patterns name; where they name none, one that there is not: none is not all."""
    found = tuple(one.id for pattern in patterns for one in estate.select(pattern))
    return found or (("",) if patterns else ())
