"""Everything that is known of one alert, line by line."""

import textwrap
from collections.abc import Iterator, Mapping

from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean, clean
from opsconsole.model import Row
from opsconsole.rule import Bound, Measure
from opsconsole.rulebook import Ruled
from opsconsole.spec import Action
from screens.shell.alarm.known import Alarms
from screens.shell.alarm.wording import (
    LEVELS,
    WRAP,
    care,
    course,
    duration,
    moment,
    often,
    place,
    state,
)
from widgets.format import sparkline

Actions = Mapping[str, Action]

Line = tuple[str, str]
"""Name and words."""


def account(
    alert: Alert, alarms: Alarms, actions: Actions, ruled: Ruled | None, now: float
) -> dict[str, Row]:
    """Rows of a sheet: name and words, long ones on several lines; `ruled` is its rule there."""
    rows: dict[str, Row] = {}
    for name, words in _lines(alert, alarms, actions, ruled, now):
        pieces = textwrap.wrap(clean(words, 1000), WRAP) or [""]
        for piece in pieces:
            said = clean(name) if piece is pieces[0] else Clean("")
            rows[f"{len(rows):03d}"] = (said, clean(piece))
    return rows


def _lines(
    alert: Alert, alarms: Alarms, actions: Actions, ruled: Ruled | None, now: float
) -> Iterator[Line]:
    yield "what", f"{alert.title}: {place(alert)}"
    yield "state", state(alert)
    yield "why", alert.why
    yield "since", f"{moment(alert.since, now)}, {duration(now - alert.since)} ago"
    if alert.changed != alert.since:
        yield "changed", f"{moment(alert.changed, now)}, {duration(now - alert.changed)} ago"
    if alert.times > 1 or alert.flapping:
        said = f"raised {often(alert.times)}"
        yield "how often", said + (": flapping, told once" if alert.flapping else "")
    if alert.course:
        yield "course", sparkline(course(alert.course), len(alert.course)).strip()
    yield from _cared(alert, alarms, now)
    yield from _remedies(alert, actions)
    yield from _ruled(alert, ruled)
    if alert.origin:
        yield "found by", alert.origin
    yield "id", alert.id


def _cared(alert: Alert, alarms: Alarms, now: float) -> Iterator[Line]:
    said = care(alert, alarms.silences, alarms.get(alert.cause), now)
    yield "care", said or ("nobody and nothing yet" if alert.phase is Phase.OPEN else "")
    if ack := alert.acknowledged:
        yield "taken on", f"by {ack.who} at {moment(ack.at, now)}"
    for at, cause in enumerate(alarms.causes(alert)):
        name = "because of" if not at else "and that of"
        yield name, f"{cause.title}: {place(cause)}, {cause.why}"
    if explained := alarms.explained_by(alert):
        yield "explains", f"{explained} other alert{'s' * (explained != 1)}"


def _remedies(alert: Alert, actions: Actions) -> Iterator[Line]:
    for at, remedy in enumerate(alert.remedies):
        yield "what helps" if not at else "", sentence(remedy, actions)


def sentence(remedy: str, actions: Actions) -> Clean:
    """A remedy in words: an action by title and what it does, anything else as it stands."""
    action = actions.get(remedy)
    if action is None:
        return clean(remedy, 400)
    return clean(f"{action.title} ({action.id}): {action.about}", 400)


def _ruled(alert: Alert, ruled: Ruled | None) -> Iterator[Line]:
    yield "rule", alert.rule
    if alert.column:
        yield "looks at", f"{alert.column} of {alert.probe}"
    if ruled is not None:
        yield from _bounds(ruled)
    elif alert.limit is not None:
        yield "limit", f"{alert.limit:g}"
    yield "source", alert.source


def _bounds(ruled: Ruled) -> Iterator[Line]:
    rule = ruled.rule
    yield "means", rule.about
    for name, bound in (("warn", rule.warn), ("crit", rule.crit)):
        if bound is not None:
            yield name, _bound(bound)
    if rule.words:
        yield "words", ", ".join(f"{word} is {LEVELS[level]}" for word, level in rule.words.items())
    if rule.measure is not Measure.NEWEST:
        yield "measure", f"{rule.measure} over {duration(rule.window_s)}"
    if rule.for_s:
        yield "for", f"wrong for {duration(rule.for_s)} before it is raised"
    if rule.depends_on:
        yield "depends on", ", ".join(rule.depends_on)
    for field, where in ruled.said.items():
        yield "changed by", f"{where}: {field or 'all of it'}"


def _bound(bound: Bound) -> str:
    worse = "above" if bound.cleared <= bound.raised else "below"
    guards = " and ".join(f"{g.column} {g.operator} {g.value}" for g in bound.guards)
    said = f"raised {worse} {bound.raised:g}, cleared at {bound.cleared:g}"
    return said + (f", while {guards}" if guards else "")
