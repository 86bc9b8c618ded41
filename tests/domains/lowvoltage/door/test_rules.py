"""Rules of doors: raised by what is wrong, over with it, held by their guards."""

from pathlib import Path

import pytest

from tests.domains.database.trial import Case, Cells, rules, tried

DOOR: Cells = {"door": "1", "state": "closed", "lock": "locked", "contact": "closed",
               "mode": "card", "open_s": 0.0, "reader": "online", "tamper": "ok"}  # fmt: skip
CASE: Cells = {"worst_state": "ok", "tamper": "ok", "fire": "ok", "power": "mains", "drift_s": 1.0}

WRONG: list[Case] = [
    ("door.forced", DOOR, {"state": "forced open"}, "crit"),
    ("door.forced", DOOR, {"state": "open"}, ""),
    ("door.held-open", DOOR, {"open_s": 20.0}, ""),
    ("door.held-open", DOOR, {"open_s": 31.0}, "warn"),
    ("door.held-open", DOOR, {"open_s": 121.0}, "crit"),
    ("door.held-open", DOOR | {"mode": "normally open"}, {"open_s": 9000.0}, ""),
    ("door.tamper", CASE, {"tamper": "tampered"}, "crit"),
    ("door.reader-tamper", DOOR, {"tamper": "tampered"}, "crit"),
    ("door.reader-offline", DOOR, {"reader": "offline"}, "warn"),
    ("door.fault", DOOR, {"state": "lock fault"}, "warn"),
    ("door.shut", DOOR, {"mode": "normally closed"}, "warn"),
    ("door.fire", CASE, {"fire": "alarm"}, "crit"),
    ("door.on-battery", CASE, {"power": "battery"}, "warn"),
    ("door.clock-drift", CASE, {"drift_s": 75.0}, "warn"),
]
RULES = rules("door")


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
