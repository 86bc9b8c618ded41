"""Limits, freezes and what counts as production, at their edges."""

from datetime import UTC, datetime, time

import pytest

from opsconsole.model import Target
from opsconsole.policy import Arming, Deed, Freeze, Policy, is_production, matching, refusals

NOW = 1_800_000_000.0


def target(name: str = "a", *groups: str, **labels: str) -> Target:
    return Target(name, "host", "ssh", labels=labels, groups=groups)


def rules(policy: Policy, *targets: Target, past: tuple[Deed, ...] = ()) -> list[str]:
    groups: dict[str, set[str]] = {}
    for name in "abcd":
        groups.setdefault("web", set()).add(name)
    return [verdict.rule for verdict in refusals(policy, targets, groups, past, NOW)]


@pytest.mark.parametrize(
    ("labels", "production"),
    [
        ({}, True),
        ({"env": "prod"}, True),
        ({"env": "whatever"}, True),
        ({"env": "dev"}, False),
        ({"stage": "QA"}, False),
        ({"env": "dev", "stage": "live"}, True),
    ],
)
def test_only_a_label_makes_a_target_harmless(labels: dict[str, str], production: bool) -> None:
    assert is_production(target(**labels)) is production


def test_read_only_and_protected_are_told_together() -> None:
    policy = Policy(read_only=True)
    assert rules(policy, target(protected="")) == ["read-only", "protected"]


def test_limits_hold_at_their_edge() -> None:
    policy = Policy(objects=2, per_minute=3, share=0.5)
    a, b = target("a"), target("b")
    assert rules(policy, a, b) == []
    assert rules(policy, a, b, target("x")) == ["objects"]
    done = (Deed(NOW - 59, "a"), Deed(NOW - 59, "a"))
    assert rules(policy, a, past=done) == []
    assert rules(policy, a, b, past=done) == ["per-minute"]
    assert rules(policy, a, b, past=(Deed(NOW - 60, "a"), Deed(NOW - 61, "a"))) == []


def test_a_share_counts_targets_and_not_objects() -> None:
    policy = Policy(share=0.5)
    assert rules(policy, target("a"), target("a"), target("a")) == []
    assert rules(policy, target("a"), target("b"), target("c")) == ["share"]
    assert rules(policy, target("c"), past=(Deed(NOW - 1, "a"), Deed(NOW - 1, "b"))) == ["share"]
    assert rules(policy, target("x"), past=(Deed(NOW - 1, "a"), Deed(NOW - 1, "b"))) == []


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 3, 4, hour, minute).astimezone()


def test_a_freeze_by_day_may_pass_midnight() -> None:
    night = Freeze("night", time(22), time(6))
    assert [night.holds(at(hour)) for hour in (21, 22, 0, 5, 6)] == [False, True, True, True, False]
    noon = Freeze("noon", time(12), time(13))
    assert [noon.holds(at(hour)) for hour in (11, 12, 13)] == [False, True, False]


def test_a_freeze_between_moments_has_a_zone_or_this_machine_s() -> None:
    start, end = datetime(2027, 3, 4, 10, tzinfo=UTC), datetime(2027, 3, 4, 12, tzinfo=UTC)
    freeze = Freeze("move", start, end)
    assert freeze.holds(start)
    assert not freeze.holds(end)
    bare = Freeze("move", datetime(2027, 3, 4, 10), datetime(2027, 3, 4, 12))
    assert bare.holds(at(11))
    assert not bare.holds(at(12))


def test_arming_covers_only_what_it_named_and_only_until_then() -> None:
    arming = Arming(NOW + 10, "web*", matching("web*", ["web-1", "db-1"]))
    assert arming.covers(["web-1"], NOW)
    assert not arming.covers(["web-1", "db-1"], NOW)
    assert not arming.covers(["web-1"], NOW + 10)
    assert not Arming().covers([], NOW)
