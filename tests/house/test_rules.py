"""Every rule of every integration can be judged, names remedies and a source, and is documented."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any  # fields of a rule differ in type

import pytest

from opsconsole import registry
from opsconsole.model import Level
from opsconsole.registry import defects
from opsconsole.rule import Bound, Measure, Rule
from opsconsole.rules.wording import span
from opsconsole.spec import Integration

DOCS = Path(__file__).parents[2] / "docs" / "domains"
RULES = [(known, rule) for known in registry.integrations().values() for rule in known.rules]


def line(rule: Rule) -> str:
    """The rule as a line of the table of rules on its integration's page."""
    levels = [
        *([f"warn {_bound(rule.warn)}"] if rule.warn else []),
        *([f"crit {_bound(rule.crit)}"] if rule.crit else []),
        *(f"{level.name.lower()} `{word}`" for word, level in rule.words.items()),
    ]
    cells = (
        f"`{rule.id}`",
        rule.title,
        rule.about,
        f"`{rule.probe}` `{rule.column}`{_measured(rule)}",
        "; ".join(levels),
        "; ".join(_conditions(rule)),
        "; ".join(_remedy(one) for one in rule.remedies),
        rule.source,
    )
    return f"| {' | '.join(cells)} |"


def _bound(bound: Bound) -> str:
    guards = "".join(f" and `{g.column}` {g.operator} {_value(g.value)}" for g in bound.guards)
    return f"{bound.raised:g} (over at {bound.cleared:g}){guards}"


def _value(value: float | str) -> str:
    return f"`{value}`" if isinstance(value, str) else f"{value:g}"


def _measured(rule: Rule) -> str:
    over = span(rule.window_s)
    match rule.measure:
        case Measure.NEWEST:
            return ""
        case Measure.HOURS:
            return f", hours to {rule.toward:g} by the slope of {over}"
        case Measure.MEAN:
            return f", mean of {over}"
        case Measure.INCREASE:
            return f", sum of {over}"
        case Measure.RATIO:
            return f", against its mean of {over}"
        case Measure.RISE:
            return f", above its lowest of {over}"


def _conditions(rule: Rule) -> Iterator[str]:
    for guard in rule.guards:
        yield f"`{guard.column}` {guard.operator} {_value(guard.value)}"
    if rule.after:
        yield f"was {' or '.join(f'`{word}`' for word in rule.after)} before"
    if rule.for_s:
        yield f"for {span(rule.for_s)}"
    if rule.clear_for_s:
        yield f"right for {span(rule.clear_for_s)}"
    if rule.depends_on:
        yield f"not beside {', '.join(f'`{one}`' for one in rule.depends_on)}"


def _remedy(text: str) -> str:
    return f"`{text}`" if "." in text and " " not in text else text


def faults(kind: Integration, rule: Rule, pages: str) -> Iterator[str]:
    """What such a rule lacks."""
    columns = {column.key: column for probe in kind.probes if probe.id == rule.probe
               for column in probe.columns}  # fmt: skip
    limits = columns[rule.column].limits if rule.column in columns else None
    for level, bound in ((Level.WARN, rule.warn), (Level.CRIT, rule.crit)):
        if (
            limits is None
            or bound is None
            or rule.measure in {Measure.HOURS, Measure.RATIO, Measure.RISE}
        ):
            continue
        if bound.raised != (limits.warn if level is Level.WARN else limits.crit):
            yield f"its {level.name} is not that of the column's limits"
    if not 0 < len(rule.title) <= 40 or not rule.about.endswith("."):
        yield "a title of at most 40 characters, and a sentence about it"
    if line(rule) not in pages:
        yield f"no page in docs/domains has this line:\n{line(rule)}"


def test_every_integration_can_be_used() -> None:
    assert registry.broken() == ()
    assert len(RULES) > 20


@pytest.mark.parametrize(("kind", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_it_is_all_there(kind: Integration, rule: Rule) -> None:
    pages = "\n".join(page.read_text() for page in sorted(DOCS.glob("*.md")))
    assert list(faults(kind, rule, pages)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "other.cpu"}, "is not named host."),
        ({"remedies": ("host.no-action",)}, "is no action"),
        ({"remedies": ()}, "no remedy"),
        ({"source": ""}, "where its numbers come from"),
        ({"probe": "host.nothing"}, "does not exist"),
        ({"column": "nothing"}, "has no column"),
        ({"warn": Bound(75, 85)}, "high is bad for one level"),
        ({"depends_on": ("host.nothing",)}, "does not exist"),
    ],
)
def test_what_is_wrong_is_found(change: dict[str, Any], said: str) -> None:
    host = registry.integrations()["host"]
    rules = (replace(host.rules[0], **change), *host.rules[1:])
    assert any(said in one for one in defects(replace(host, rules=rules)))


def test_limits_that_differ_are_found() -> None:
    host = registry.integrations()["host"]
    other = replace(host.rules[0], warn=Bound(80, 75))
    assert any("limits" in one for one in faults(host, other, line(other)))
