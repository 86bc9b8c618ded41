"""Which rules hold for a target, and what is wrong with one."""

from dataclasses import replace

import pytest

from opsconsole.model import Level, Target
from opsconsole.rule import Bound, Condition, Measure, Rule
from opsconsole.rulebook import Extra, Override, Rulebook, effective, fastest, problems, wrong
from tests.rules.scene import DISK, VITALS, a_rule, integration

GOOD = a_rule(warn=Bound(85, 75), crit=Bound(95, 85))
A, B = Target("a", "box", "test"), Target("b", "box", "test", intervals={"fast": 10})


def test_every_kind_has_a_rule_for_silence_first() -> None:
    ruled = effective(A, integration(GOOD), Rulebook())
    assert [one.rule.id for one in ruled] == ["box.silent", "box.cpu"]
    assert all(one.enabled and not one.said for one in ruled)
    assert ruled[1].rule is GOOD


def test_overrides_reach_their_targets_and_the_last_one_wins() -> None:
    book = Rulebook(
        extras=(
            Extra("box", replace(GOOD, id="estate.own"), "e: rule.own"),
            Extra("other", replace(GOOD, id="estate.other"), "e: rule.other"),
        ),
        overrides=(
            Override("e: override[1]", "box.*", None, {"for_s": 60.0}),
            Override("e: override[2]", "box.cpu", frozenset({"a"}), {"for_s": 90.0, "crit": None}),
            Override("e: override[3]", "*.silent", frozenset({"b"}), {}, enabled=False),
        ),
    )
    a, b = (effective(one, integration(GOOD), book) for one in (A, B))
    assert [one.rule.id for one in a] == ["box.silent", "box.cpu", "estate.own"]
    assert (a[1].rule.for_s, a[1].rule.crit) == (90.0, None)
    assert a[1].said == {"for_s": "e: override[2]", "crit": "e: override[2]"}
    assert (b[1].rule.for_s, b[1].rule.crit) == (60.0, GOOD.crit)
    assert [one.enabled for one in a] == [True, True, True]
    assert [one.enabled for one in b] == [False, True, True]
    assert a[2].said[""] == "e: rule.own"


def test_the_fastest_probe_is_the_one_that_comes_unasked() -> None:
    assert fastest(integration(), A) == ("box.vitals", 2)
    assert fastest(integration(), B) == ("box.vitals", 10)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (GOOD, ""),
        (a_rule(words={"bad": Level.CRIT}), ""),
        (a_rule(warn=Bound(1, 1), measure=Measure.INCREASE, window_s=60.0), ""),
        (a_rule(), "either bounds or words"),
        (replace(GOOD, words={"bad": Level.WARN}), "either bounds or words"),
        (replace(GOOD, column="nope"), "no column 'nope'"),
        (replace(GOOD, guards=(Condition("nope", "<", 1),)), "no column 'nope'"),
        (replace(GOOD, guards=(Condition("kills", "=~", 1),)), "compares nothing"),
        (a_rule(warn=Bound(85, 85)), "it would flap"),
        (a_rule(warn=Bound(float("nan"), 85)), "no number"),
        (a_rule(warn=Bound(85, 75), crit=Bound(95, 99)), "high is bad for one level"),
        (a_rule(warn=Bound(95, 85), crit=Bound(85, 75)), "crit is raised before warn"),
        (a_rule(warn=Bound(8, 48), crit=Bound(10, 24)), "crit is raised before warn"),
        (a_rule(warn=Bound(8, 5), measure=Measure.MEAN), "a window"),
        (replace(GOOD, remedies=()), "no remedy"),
        (replace(GOOD, source=""), "where its numbers come from"),
    ],
)
def test_what_cannot_be_judged_is_said(rule: Rule, said: str) -> None:
    found = "; ".join(wrong(rule, VITALS))
    assert said in found
    assert bool(found) == bool(said)


def test_rules_of_an_integration_name_what_exists() -> None:
    probes = {one.id: one for one in (VITALS, DISK)}
    lost = replace(GOOD, id="box.lost", probe="box.nope")
    odd = replace(GOOD, id="box.odd", depends_on=("box.odd", "box.nope", "ups.battery"))
    assert list(problems([GOOD, lost, odd], probes)) == [
        "rule 'box.lost' is about 'box.nope', which does not exist",
        "rule 'box.odd' depends on itself",
        "rule 'box.odd' depends on 'box.nope', which does not exist",
    ]
