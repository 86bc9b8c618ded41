"""Which rules hold for which target: the integrations' own, with what the estate says of them."""

import fnmatch
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from opsconsole.model import Level, Target
from opsconsole.policy import Freeze
from opsconsole.rule import Bound, Condition, Measure, Rule
from opsconsole.spec import Integration, Probe

OPERATORS = frozenset({"<", "<=", ">", ">=", "==", "!="})

ACTION = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*")
"""A remedy that is no sentence: the id of an action."""

SILENT = "silent"
"""The rule that every integration has: `host.silent`."""

WARN_PERIODS, CRIT_PERIODS = 5.0, 60.0
"""Periods without any answer."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A rule of the estate's own."""

    kind: str
    rule: Rule
    where: str
    """File and key."""
    targets: frozenset[str] | None = None
    """Ids; None is all of the kind."""


@dataclass(frozen=True, slots=True)
class NewBound:
    """A level's new numbers; its guards stay unless new ones are given."""

    raised: float
    cleared: float
    guards: tuple[Condition, ...] | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """What the estate says of rules of others."""

    where: str
    match: str
    """Ids of rules, as a glob."""
    targets: frozenset[str] | None
    """Ids; None is all."""
    change: Mapping[str, Any]  # Any: fields of Rule
    """New values by field of `Rule`; of a level a `NewBound`, or None for one never raised."""
    enabled: bool | None = None
    severity: Level | None = None
    """All that it raises is of this level."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A silence that the estate keeps."""

    id: str
    match: str
    reason: str
    when: Freeze | None = None
    """None is always."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What the estate says of rules and alerts."""

    extras: tuple[Extra, ...] = ()
    overrides: tuple[Override, ...] = ()
    quiets: tuple[Quiet, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule as it holds for one target."""

    rule: Rule
    enabled: bool = True
    said: Mapping[str, str] = field(default_factory=dict[str, str])
    """Where the estate says a value of it, by field; `` for all of it."""


def effective(target: Target, integration: Integration, book: Rulebook) -> tuple[Ruled, ...]:
    """All rules of a target, `silent` first; what a later override says wins."""
    own = (silent(integration), *integration.rules)
    found = [Ruled(rule) for rule in own]
    found += [
        Ruled(one.rule, said={"": one.where})
        for one in book.extras
        if one.kind == integration.kind and (one.targets is None or target.id in one.targets)
    ]
    return tuple(_changed(one, target.id, book.overrides) for one in found)


def _changed(ruled: Ruled, target: str, overrides: Sequence[Override]) -> Ruled:
    for one in overrides:
        if one.targets is not None and target not in one.targets:
            continue
        if fnmatch.fnmatchcase(ruled.rule.id, one.match):
            said = {**ruled.said, **dict.fromkeys(one.change, one.where)}
            enabled, rule = ruled.enabled, _laid_over(ruled.rule, one.change)
            if one.enabled is not None:
                enabled, said["enabled"] = one.enabled, one.where
            if one.severity is not None:
                rule, said["severity"] = _of_level(rule, one.severity), one.where
            ruled = Ruled(rule, enabled, said)
    return ruled


def _laid_over(rule: Rule, change: Mapping[str, Any]) -> Rule:
    new = dict(change)
    for name, old in (("warn", rule.warn), ("crit", rule.crit)):
        if isinstance(bound := new.get(name), NewBound):
            guards = (old.guards if old else ()) if bound.guards is None else bound.guards
            new[name] = Bound(bound.raised, bound.cleared, guards)
    return replace(rule, **new)


def _of_level(rule: Rule, level: Level) -> Rule:
    """The same rule, raising one level only: at the first of its bounds."""
    bound, words = rule.warn or rule.crit, dict.fromkeys(rule.words, level)
    if level is Level.CRIT:
        return replace(rule, warn=None, crit=bound, words=words)
    return replace(rule, warn=bound, crit=None, words=words)


def fastest(integration: Integration, target: Target) -> tuple[str, float]:
    """The probe that answers most often without being asked for, and its period in seconds."""
    periods = {
        exchange.name: target.intervals.get(exchange.name, exchange.every)
        for exchange in integration.exchanges
        if not exchange.on_demand
    }
    always = [(periods[p.exchange], p.id) for p in integration.probes if p.exchange in periods]
    period, probe = min(always, default=(30.0, ""))
    return probe, period


def silent(integration: Integration) -> Rule:
    """The rule of targets that do not answer; its value is the periods that went by."""
    return Rule(
        id=f"{integration.kind}.{SILENT}",
        title=f"{integration.title} is silent",
        about="Nothing is known of it: all that was raised there may be over, or worse by now.",
        probe="",
        column="",
        source="Netdata collector alerts: no data for 5 intervals, for 60",
        remedies=(
            "see `opsconsole check` for what is wrong on the way there",
            "look whether it has power and network, or is being restarted",
        ),
        warn=Bound(WARN_PERIODS, 1.0),
        crit=Bound(CRIT_PERIODS, 1.0),
    )


def wrong(rule: Rule, probe: Probe[Any]) -> list[str]:
    """Everything that is wrong with a rule on that probe; empty when it can be judged."""
    names = {column.key for column in probe.columns}
    conditions = [*rule.guards]
    found: list[str] = []
    for level, bound in (("warn", rule.warn), ("crit", rule.crit)):
        if bound is not None:
            conditions += bound.guards
            found += _wrong_bound(level, bound, rule.measure)
    asked = [rule.column, *rule.tells, *(condition.column for condition in conditions)]
    found += [f"{probe.id} has no column {name!r}" for name in asked if name not in names]
    for condition in conditions:
        if condition.operator not in OPERATORS:
            found.append(f"{condition.operator!r} compares nothing")
    if rule.warn and rule.crit:
        found += _wrong_pair(rule.warn, rule.crit)
    if bool(rule.words) == bool(rule.warn or rule.crit):
        found.append("it has either bounds or words")
    if rule.measure is not Measure.NEWEST and (rule.words or rule.window_s <= 0):
        found.append(f"{rule.measure} needs a number and a window")
    if not rule.remedies or not rule.source:
        found.append("it names no remedy, or not where its numbers come from")
    return found


def _wrong_bound(level: str, bound: Bound, measure: Measure) -> list[str]:
    if not (math.isfinite(bound.raised) and math.isfinite(bound.cleared)):
        return [f"{level} is no number"]
    if bound.raised == bound.cleared and measure is not Measure.INCREASE:
        return [f"{level} is cleared where it is raised, at {bound.raised:g}: it would flap"]
    return []


def _wrong_pair(warn: Bound, crit: Bound) -> list[str]:
    high, low = warn.cleared <= warn.raised, warn.cleared >= warn.raised
    if not ((high and crit.cleared <= crit.raised) or (low and crit.cleared >= crit.raised)):
        return ["high is bad for one level and low for the other"]
    if crit.raised < warn.raised if high else crit.raised > warn.raised:
        return ["crit is raised before warn"]
    return []


def problems(rules: Sequence[Rule], probes: Mapping[str, Probe[Any]]) -> Iterator[str]:
    """What is wrong with rules of an integration, each with the id of its rule."""
    ids = {rule.id for rule in rules}
    for rule in rules:
        probe = probes.get(rule.probe)
        if probe is None:
            yield f"rule {rule.id!r} is about {rule.probe!r}, which does not exist"
        else:
            yield from (f"rule {rule.id!r}: {said}" for said in wrong(rule, probe))
        if rule.id in rule.depends_on:
            yield f"rule {rule.id!r} depends on itself"
        kind = rule.id.partition(".")[0]
        for other in rule.depends_on:
            if other.partition(".")[0] == kind and other not in ids | {f"{kind}.{SILENT}"}:
                yield f"rule {rule.id!r} depends on {other!r}, which does not exist"
