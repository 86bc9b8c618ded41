"""Rules of UPS: raised by what is wrong, over with it, held by their guards."""

from pathlib import Path

import pytest

from tests.domains.database.trial import Case, Cells, rules, tried

UPS: Cells = {"ups": "a", "mode": "on line", "charge_percent": 100.0, "runtime_s": 3600.0,
              "load_percent": 30.0, "temperature_c": 25.0, "input_v": 230.0, "input_hz": 50.0,
              "battery": "", "output": "", "tested": "passed"}  # fmt: skip
AIR: Cells = {"key": "a:x", "physical": "temperature", "judged": "ok", "value": 24.0}

WRONG: list[Case] = [
    ("nut.on-battery", UPS, {"mode": "on battery"}, "warn"),
    ("nut.on-battery", UPS, {"mode": "low battery"}, "crit"),
    ("nut.on-battery", UPS, {"mode": "shutting down"}, "crit"),
    ("nut.runtime-short", UPS, {"runtime_s": 600.0}, "warn"),
    ("nut.runtime-short", UPS | {"mode": "unknown"}, {"runtime_s": 600.0}, "crit"),
    ("nut.runtime-short", UPS | {"mode": "calibrating"}, {"runtime_s": 600.0}, "warn"),
    ("nut.charge-low", UPS, {"charge_percent": 70.0}, "warn"),
    ("nut.charge-low", UPS, {"charge_percent": 30.0}, "crit"),
    ("nut.bypass", UPS, {"mode": "on bypass"}, "warn"),
    ("nut.off", UPS, {"mode": "off"}, "crit"),
    ("nut.no-data", UPS, {"mode": "no data"}, "crit"),
    ("nut.replace-battery", UPS, {"battery": "replace"}, "warn"),
    ("nut.load-high", UPS, {"load_percent": 85.0}, "warn"),
    ("nut.load-high", UPS, {"load_percent": 99.0}, "crit"),
    ("nut.overloaded", UPS, {"output": "overloaded"}, "crit"),
    ("nut.overloaded", UPS, {"output": "trimming"}, ""),
    ("nut.hot", UPS, {"temperature_c": 42.0}, "warn"),
    ("nut.hot", UPS, {"temperature_c": 58.0}, "crit"),
    ("nut.test-failed", UPS, {"tested": "failed"}, "crit"),
    ("nut.test-failed", UPS, {"tested": "warning"}, "warn"),
    ("nut.input-low", UPS, {"input_v": 190.0}, "warn"),
    ("nut.input-low", UPS, {"input_v": 115.0}, ""),
    ("nut.input-high", UPS, {"input_v": 250.0}, "warn"),
    ("nut.frequency-low", UPS, {"input_hz": 49.5}, "warn"),
    ("nut.frequency-low", UPS, {"input_hz": 0.0}, ""),
    ("nut.frequency-high", UPS, {"input_hz": 50.5}, "warn"),
    ("nut.frequency-high", UPS, {"input_hz": 60.0}, ""),
    ("nut.reading", AIR, {"judged": "critical"}, "crit"),
    ("nut.rising", AIR | {"place": "inlet"}, {"value": 31.0}, "crit"),
    ("nut.rising", AIR | {"place": "inlet"}, {"value": 28.0}, ""),
    ("nut.rising", AIR | {"place": "inside"}, {"value": 44.0}, ""),
    ("nut.rising", AIR | {"place": "outlet"}, {"value": 44.0}, ""),
    ("nut.rising", AIR | {"physical": "humidity"}, {"value": 44.0}, ""),
    ("nut.rising", AIR | {"value": 5.0}, {"value": 14.0}, ""),
    ("nut.reading", AIR | {"physical": "charge"}, {"judged": "critical"}, ""),
]
RULES = rules("nut")


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
