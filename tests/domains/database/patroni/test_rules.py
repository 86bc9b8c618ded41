"""Rules of Patroni: raised by what is wrong, over with it, held by their time."""

from pathlib import Path

import pytest

from tests.domains.database.trial import Case, Cells, rules, tried

NODE: Cells = {"lock": "locked", "role": "replica"}
CLUSTER: Cells = {"replicas": 2, "management": "automatic"}
MEMBER: Cells = {"name": "n1", "state": "running", "lag_percent": 1.0, "timeline_gap": 0,
                 "restart": "none"}  # fmt: skip

WRONG: list[Case] = [
    ("patroni.no-leader", NODE, {"lock": "unlocked"}, "crit"),
    ("patroni.member-not-running", MEMBER, {"state": "crashed"}, "crit"),
    ("patroni.member-not-running", MEMBER, {"state": "start failed"}, "crit"),
    ("patroni.member-not-running", MEMBER, {"state": "creating replica"}, "warn"),
    ("patroni.member-not-running", MEMBER, {"state": "streaming"}, ""),
    ("patroni.no-replica", CLUSTER, {"replicas": 0}, "warn"),
    ("patroni.no-replica", CLUSTER, {"replicas": 1}, ""),
    ("patroni.replica-lags", MEMBER, {"lag_percent": 150.0}, "warn"),
    ("patroni.replica-lags", MEMBER, {"lag_percent": None}, ""),
    ("patroni.timeline-apart", MEMBER, {"timeline_gap": 1}, "warn"),
    ("patroni.paused", CLUSTER, {"management": "paused"}, "warn"),
    ("patroni.restart-pending", MEMBER, {"restart": "pending"}, "warn"),
]
RULES = rules("patroni")


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in WRONG} == RULES.keys()


@pytest.mark.parametrize(("name", "good", "bad", "level"), WRONG)
def test_it_is_raised_and_over(
    name: str,
    good: Cells,
    bad: Cells,
    level: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tried(tmp_path, RULES[name], good, bad, level) == 0, capsys.readouterr().out
    other = "warn" if level == "crit" else "crit"
    assert tried(tmp_path, RULES[name], good, bad, other) == 1
