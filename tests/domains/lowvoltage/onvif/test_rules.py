"""Every rule is raised by a row that is wrong, and over when it is right again."""

from pathlib import Path

import pytest

from tests.domains.database.trial import Case, Cells, rules, tried

RECORDING: Cells = {"token": "r1", "job": "active", "state": "active", "gap_s": 4.0}
EVENT: Cells = {"topic": "t", "source": "s", "about": "motion", "state": "quiet"}
PICTURE: Cells = {"dead": 0, "snapshot": "ok"}
DISK, PART, SIGNAL, TAMPER = (
    EVENT | {"about": about}
    for about in ("storage failure", "hardware failure", "signal loss", "tampering")
)

WRONG: list[Case] = [
    ("onvif.recording-gap", RECORDING, {"gap_s": 301.0}, "warn"),
    ("onvif.recording-gap", RECORDING, {"gap_s": 4000.0}, "crit"),
    ("onvif.recording-gap", RECORDING | {"job": "idle"}, {"gap_s": 4000.0}, ""),
    ("onvif.recording-failing", RECORDING, {"state": "error"}, "crit"),
    ("onvif.recording-failing", RECORDING, {"state": "no data"}, "warn"),
    ("onvif.storage-failure", DISK, {"state": "critical"}, "crit"),
    ("onvif.storage-failure", EVENT, {"state": "critical"}, ""),
    ("onvif.hardware-failure", PART, {"state": "critical"}, "crit"),
    ("onvif.signal-loss", SIGNAL, {"state": "critical"}, "crit"),
    ("onvif.tampering", TAMPER, {"state": "warning"}, "warn"),
    ("onvif.clock-drift", {"drift_s": 1.0}, {"drift_s": 61.0}, "warn"),
    ("onvif.clock-drift", {"drift_s": 1.0}, {"drift_s": 601.0}, "crit"),
    ("onvif.stream-dead", PICTURE, {"dead": 1}, "warn"),
    ("onvif.no-picture", PICTURE, {"snapshot": "failed, empty"}, "warn"),
    ("onvif.no-picture", PICTURE, {"snapshot": "none offered"}, ""),
]
RULES = rules("onvif")


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
