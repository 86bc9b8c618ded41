"""`opsconsole alerts`: what a console kept, and what the targets say now."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from opsconsole import registry
from opsconsole.clean import Clean
from opsconsole.cli.command import parse_and_run
from opsconsole.engine.alerting import subjects
from opsconsole.errors import UsageError
from opsconsole.estate import load
from opsconsole.model import Sample
from opsconsole.rules import Engine, memory
from tests.notify.scene import alert

ESTATE = '[target.web-1]\n[target.web-2]\n[target.here]\naddress = "local"\n'


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPSCONSOLE_ALERTS", str(tmp_path / "alerts.json"))
    path = tmp_path / "estate.toml"
    path.write_text(ESTATE)
    return path


def keep(estate: Path) -> None:
    """As a console would: two hosts with little memory, one taken on."""
    known = registry.integrations()
    now = 1_700_000_000.0
    loaded = load(estate, {}, integrations=known)
    engine = Engine(subjects(loaded.targets, known, loaded.rulebook), now)
    vitals = known["host"].probes[0]
    place = vitals.index("memory_used_percent")
    for target, used in (("web-1", 99.0), ("web-2", 92.0), ("here", 10.0)):
        row = tuple(used if n == place else None for n in range(len(vitals.columns)))
        engine.hear([Sample(vitals.id, target, now, [row], None, 2.0)])
    engine.tick(now)
    engine.acknowledge(["host.memory-used:web-1"], "ann", "restarting it", 0)
    memory.save(memory.default_path(loaded.source), memory.remember(engine))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = parse_and_run(["alerts", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_what_was_kept_is_shown_and_how_old_it_is(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(estate)
    code, out, err = run(capsys, "--estate", str(estate))
    lines = out.splitlines()
    assert code == 1
    assert "what a console kept" in err
    assert "days ago" in err
    assert [line.split()[0] for line in lines[1:]] == ["warn", "crit"], "who is called for first"
    assert "memory used 92 %, limit 90 %" in lines[1]
    assert "taken by ann: restarting it" in lines[2]
    code, out, err = run(capsys, "--estate", str(estate), "-t", "here")
    assert (code, out) == (0, "no alert\n")


def test_as_json_it_says_where_it_is_from(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(estate)
    code, out, _ = run(capsys, "--estate", str(estate), "-o", "json", "-t", "web-1")
    whole = json.loads(out)
    [found] = whole["alerts"]
    assert code == 1
    assert whole["from"].startswith("what a console kept")
    assert (found["id"], found["level"], found["phase"]) == (
        "host.memory-used:web-1",
        "crit",
        "open",
    )
    assert found["acknowledged"]["who"] == "ann"


def test_what_others_found_is_listed_with_who_found_it(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(estate)
    estate.write_text(ESTATE + '[target.am]\nkind = "alertmanager"\nurl = "http://127.0.0.1:9"\n')
    path = estate.parent / "alerts.json"
    kept = memory.read(path)
    assert kept is not None
    theirs = [
        msgspec.structs.replace(alert("am:Down"), origin=Clean("am"), title=Clean("Down\x1b[2J")),
        msgspec.structs.replace(alert("old:Gone"), origin=Clean("no target any more")),
    ]
    memory.save(path, msgspec.json.encode(msgspec.structs.replace(kept, found=theirs)))
    code, out, _ = run(capsys, "--estate", str(estate))
    lines = out.splitlines()
    assert code == 1
    assert "FROM" in lines[0]
    assert len(lines) == 4
    [line] = [one for one in lines if "Down" in one]
    assert " web-1 " in line
    assert " am " in line
    assert "\x1b" not in out
    _, out, _ = run(capsys, "--estate", str(estate), "-o", "json", "-t", "am")
    assert [one["origin"] for one in json.loads(out)["alerts"]] == ["am"]


def test_nothing_kept_is_said_and_a_broken_file_is_left_alone(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "--estate", str(estate))
    assert (code, out) == (0, "no alert\n")
    assert "no console of this estate" in err
    kept = estate.parent / "alerts.json"
    kept.write_text("{")
    with pytest.raises(UsageError, match="sets it aside"):
        parse_and_run(["alerts", "--estate", str(estate)])
    assert kept.read_text() == "{"


@pytest.mark.skipif(sys.platform != "linux", reason="the sampler needs /proc")
def test_this_machine_is_judged_now(
    tmp_path: Path,
) -> None:
    path = tmp_path / "estate.toml"
    path.write_text(
        '[target.here]\naddress = "local"\n'
        '[rule.up]\ntitle = "It is up"\nprobe = "host.vitals"\ncolumn = "uptime_s"\n'
        'warn = { raise = 1, clear = 0 }\nremedies = ["none"]\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "opsconsole", "alerts", "--estate", str(path), "--live", "8",
         "-o", "json"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    whole = json.loads(done.stdout)
    assert done.returncode == 1
    assert whole["from"].startswith("asked for 8 s, from nothing")
    assert "estate.up:here" in [one["id"] for one in whole["alerts"]]
