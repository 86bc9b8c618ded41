"""`opsconsole report` against this machine: every form, a file, and what makes no sense."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.domains.system.host.shells import with_apt

ESTATE = """
[target.here]
address = "local"
[target.here.intervals]
vitals = 0.5
[[check]]
name = "cores"
title = "Enough cores"
probe = "host.vitals"
todo = "Buy some"
outcomes = [{ fail = "cores < 1" }, { warn = "cores >= 1", message = "only {cores}" }]
"""


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "opsconsole", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", with_apt(tmp_path, "")["PATH"])
    path = tmp_path / "estate.toml"
    path.write_text(ESTATE)
    return path


def test_the_list_names_what_a_role_stands_for() -> None:
    done = _run("report")
    assert done.returncode == 0
    assert "system.inspection (system)" in done.stdout
    assert "system.capacity" in done.stdout


def test_inspection_of_this_machine(estate: Path, tmp_path: Path) -> None:
    done = _run("report", "system", "--estate", estate, "-o", "json")
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    assert (found["schema"], found["report"]) == ("opsconsole-report/1", "system.inspection")
    checks = [
        block for one in found["blocks"] for block in one["blocks"] if block["type"] == "checks"
    ]
    findings = {one["check"]: one for part in checks for one in part["findings"]}
    assert findings["host.memory"]["value"] > 0
    assert findings["host.cpu"]["unit"] == "percent"
    [assets] = [one for one in found["blocks"] if one["title"] == "Assets"]
    [line] = next(one["rows"] for one in assets["blocks"] if one["type"] == "table")
    assert (line["target"], line["cpus"]) == ("here", os.cpu_count())
    assert line["memory_bytes"] > 0
    assert line["drives"] is not None
    own = findings["estate.cores"]
    assert (own["level"], own["todo"]) == ("warn", "Buy some")
    assert own["message"].startswith("only ")
    out = tmp_path / "report.html"
    done = _run("report", "system.capacity", "--estate", estate, "-o", "html", "--out", out)
    assert done.stdout == ""
    assert f"written: {out}" in done.stderr
    assert out.read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sytem",), "did you mean 'system'?"),
        (("system", "--since", "soon"), "'soon' is no time"),
        (("system", "--since", "1h", "--until", "2h"), "is not before"),
        (("system", "-t", "nobody"), "no target matches"),
        (("system", "--out", "/nowhere/at/all.md"), "cannot be written"),
    ],
)
def test_what_makes_no_sense_is_told(estate: Path, arguments: tuple[str, ...], says: str) -> None:
    done = _run("report", *arguments, "--estate", estate)
    assert done.returncode == 2
    assert says in done.stderr


def test_a_check_of_a_column_that_is_not_there_is_told(estate: Path) -> None:
    estate.write_text(ESTATE.replace("cores < 1", "cpus < 1"))
    done = _run("report", "system", "--estate", estate)
    assert done.returncode == 2
    assert "estate.cores" in done.stderr
    assert "cpus" in done.stderr
