"""`opsconsole rules`: what holds for whom, and trials of rules before they call."""

import json
import re
from pathlib import Path

import pytest

from opsconsole.cli.command import parse_and_run
from opsconsole.errors import EstateError, UsageError
from tests.conftest import ROOT

ESTATE = """
[target.web-1]
[target.web-2]
[target.dev-1]
[[override]]
rule = "host.disk-full"
targets = ["dev-*"]
enabled = false
[[override]]
rule = "host.memory-used"
targets = ["web-1"]
warn = { raise = 80, clear = 70 }
for_s = 60
[rule.swaps]
title = "Swap is used"
probe = "host.vitals"
column = "swap_used_percent"
warn = { raise = 50, clear = 40 }
remedies = ["look at memory"]
"""


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "estate.toml").write_text(ESTATE)
    return "estate.toml"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = parse_and_run(["rules", *arguments])
    return code, capsys.readouterr().out


def test_the_table_has_a_line_per_setting_and_says_who_has_it(
    estate: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(capsys, "--estate", estate)
    assert code == 0
    lines = [re.split(r"\s{2,}", line) for line in out.splitlines()]
    by_rule = {(line[0], line[1]): line for line in lines}
    assert by_rule["host.cpu-busy", "all 3"][2:5] == [
        "host.vitals.cpu_percent, mean of 600 s",
        "85 (over at 75)",
        "95 (over at 85)",
    ]
    assert by_rule["host.disk-full", "dev-1"][3:5] == ["off", "off"]
    assert by_rule["host.disk-full", "web-1, web-2"][4].endswith("available_bytes < 5000000000")
    changed = by_rule["host.memory-used", "web-1"]
    assert changed[3] == "80 (over at 70)"
    assert changed[-1].endswith("; warn, for_s: estate.toml: override[2]")
    assert by_rule["estate.swaps", "all 3"][-1] == "estate.toml: rule.swaps"
    assert by_rule["host.silent", "all 3"][2] == "periods without an answer"


def test_as_json_each_target_has_every_value_and_where_it_is_from(
    estate: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(capsys, "--estate", estate, "-t", "web-1", "-o", "json")
    [target] = json.loads(out)["targets"]
    rules = {one["rule"]: one for one in target["rules"]}
    assert (code, target["target"], target["kind"]) == (0, "web-1", "host")
    used = rules["host.memory-used"]
    assert used["warn"] == {"raise": 80.0, "clear": 70.0, "guards": []}
    assert used["said_by"] == dict.fromkeys(("warn", "for_s"), "estate.toml: override[2]")
    assert rules["host.disk-full"]["crit"]["guards"] == ["available_bytes < 5000000000"]
    assert all(one["source"] and one["remedies"] for one in rules.values())


TRIAL = """
rules = "defaults"
[[target]]
id = "web-1"
[[sample]]
at = 0
until = 600
probe = "host.filesystem"
target = "web-1"
rows = [{ mount = "/var", state = "ok", used_percent = 97.0, available_bytes = 3e9 }]
[[sample]]
at = 630
probe = "host.filesystem"
target = "web-1"
fault = "no route to host"
[[sample]]
at = 700
probe = "host.filesystem"
target = "web-1"
rows = []
[[expect]]
at = 600
alerts = [{ id = "host.disk-full:web-1:/var", level = "warn", phase = "open" }]
[[expect]]
at = 640
alerts = [{ id = "host.disk-full:web-1:/var", phase = "unknown" }]
[[expect]]
at = 700
alerts = []
"""


def trial(tmp_path: Path, text: str, name: str = "trial.toml") -> str:
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def test_a_trial_that_is_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "test", trial(tmp_path, TRIAL))
    assert (code, out) == (0, "trial.toml: as expected at 3 moments\n")


def test_every_difference_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = TRIAL.replace('"warn", phase = "open"', '"crit", phase = "open"')
    text = text.replace('id = "host.disk-full:web-1:/var", phase', 'id = "host.cpu:web-1", phase')
    code, out = run(capsys, "test", trial(tmp_path, text))
    assert code == 1
    assert out.splitlines() == [
        "trial.toml: at 600 s: host.disk-full:web-1:/var: level is 'warn', expected 'crit'",
        "trial.toml: at 640 s: host.cpu:web-1 is expected, and there is no such alert",
        "trial.toml: at 640 s: host.disk-full:web-1:/var is not expected: warn,"
        " used 97 %, limit 90 %",
    ]


def test_lines_of_json_and_the_rules_of_the_estate(
    tmp_path: Path, estate: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"period": 2},
        {"target": {"id": "web-1"}},
        {"target": {"id": "dev-1"}},
        *(
            {
                "sample": {
                    "at": 0,
                    "until": 300,
                    "probe": "host.vitals",
                    "target": name,
                    "rows": [{"memory_used_percent": 85, "swap_used_percent": 60.0}],
                }
            }
            for name in ("web-1", "dev-1")
        ),
        {"expect": {"at": 59, "alerts": [{"id": f"estate.swaps:{n}"} for n in ("web-1", "dev-1")]}},
        {
            "expect": {
                "at": 62,
                "alerts": [
                    {"id": "estate.swaps:web-1"},
                    {"id": "estate.swaps:dev-1"},
                    {"id": "host.memory-used:web-1", "why": "memory used 85 %, limit 80 %,"
                     " for 60 s or longer"},
                ],
            }
        },
    ]  # fmt: skip
    text = "\n".join(map(json.dumps, lines))
    code, out = run(capsys, "test", trial(tmp_path, text, "t.jsonl"), "--estate", estate)
    assert (code, out) == (0, "t.jsonl: as expected at 2 moments\n")


def test_silence_is_judged_when_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """
rules = "defaults"
silent = true
[[target]]
id = "ups"
[[target]]
id = "web-1"
depends_on = ["ups"]
[[sample]]
at = 0
until = 20
period = 2
probe = "host.vitals"
target = "web-1"
rows = [{ uptime_s = 1e6 }]
[[sample]]
at = 0
until = 20
period = 2
probe = "host.vitals"
target = "ups"
rows = [{ uptime_s = 1e6 }]
[[expect]]
at = 25
alerts = []
[[expect]]
at = 32
alerts = [{ id = "host.silent:ups", level = "warn" }]
[[expect]]
at = 160
alerts = [{ id = "host.silent:ups", level = "crit", cause = "" },
          { id = "host.silent:web-1", cause = "host.silent:ups" }]
"""
    code, out = run(capsys, "test", trial(tmp_path, text))
    assert (code, out) == (0, "trial.toml: as expected at 3 moments\n")


BROKEN = """
rulez = 1
[[target]]
[[target]]
id = "web-1"
kind = "hots"
[[sample]]
probe = "host.vitlas"
target = "web-1"
rows = [{ cpu = 1 }, 3]
[[sample]]
at = -1
probe = "host.vitals"
target = "web-1"
rows = [{ cpu_percnt = 1, load1 = [] }]
[[expect]]
alerts = [{ level = "warn" }]
[[expect]]
at = 3
"""


def test_everything_wrong_with_a_trial_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(EstateError) as caught:
        parse_and_run(["rules", "test", trial(tmp_path, BROKEN)])
    found = {(one.where.removeprefix("trial.toml: "), one.nearest) for one in caught.value.problems}
    assert found == {
        ("rulez", "rules"),
        ("target[1].id", ""),
        ("target[2].kind", "host"),
        ("sample[1].probe", "host.vitals"),
        ("sample[1].rows", ""),
        ("sample[2].at", ""),
        ("sample[2].rows[1].cpu_percnt", "cpu_percent"),
        ("sample[2].rows[1].load1", ""),
        ("expect[1].at", ""),
        ("expect[1].alerts[1].id", ""),
        ("expect[2].alerts", ""),
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.toml", "rules ="), ("a.jsonl", '{"sample": '), ("a.jsonl", "[1]"), ("b.toml", None)],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, text: str | None) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=re.escape(name)):
        parse_and_run(["rules", "test", str(tmp_path / name)])


def test_the_example_of_the_page_is_as_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "alerts.md").read_text()
    estate, example = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "estate.toml"
    path.write_text(f'{estate}\n[target.db-1]\nlabels = {{ env = "prod" }}\n'
                    '[target.dev-1]\nlabels = { env = "dev" }\n')  # fmt: skip
    code, out = run(capsys, "test", trial(tmp_path, example), "--estate", str(path))
    assert (code, out) == (0, "trial.toml: as expected at 2 moments\n")
