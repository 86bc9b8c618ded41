"""`opsconsole recording info` and `export`, on a recording that is there."""

import json
from pathlib import Path

import pytest

from opsconsole.alert import Alerts
from opsconsole.cli.command import parse_and_run
from opsconsole.cli.entry import guarded
from opsconsole.model import Sample, Target
from opsconsole.recorder import Archive, FlightRecorder
from opsconsole.registry import probes
from tests.recorder.scene import alert
from tests.screens.shell.stage import row

START = 1_790_000_000.0


def main(line: list[str]) -> int:
    """A command line as the front door runs it."""
    return guarded(lambda: parse_and_run(line))


TARGETS = (Target("web-1", "host", "ssh", "10.0.0.1"), Target("db-1", "host", "ssh", "10.0.0.2"))


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An estate of two hosts, recorded for ten minutes."""
    monkeypatch.setenv("OPSCONSOLE_RECORDING", str(tmp_path / "kept"))
    path = tmp_path / "lab.toml"
    path.write_text("[target.web-1]\naddress = '10.0.0.1'\n[target.db-1]\naddress = '10.0.0.2'\n")
    from opsconsole.cli.asking import load_estate
    from opsconsole.engine import recording_folder

    clock = 0.0
    where = recording_folder(load_estate(path))
    recorder = FlightRecorder(where, probes(), TARGETS, clock=lambda: clock, wall=lambda: START)
    for number in range(300):
        for target in TARGETS:
            vitals = row("host.vitals", cpu_percent=float(number))
            at = START + 2 * number
            recorder.take([Sample("host.vitals", target.id, at, [vitals], None, 2.0)])
        if number in (10, 280):
            # The second one is raised after the first became a chunk; each is told of twice.
            told = [alert("a"), alert("b", target="db-1", since=START + number)]
            recorder.alert(Alerts(told, whole=True))
            recorder.alert(Alerts([alert("a", value=98.0)], whole=False))
        clock += 2.0
        recorder.turn()
    recorder.start()
    recorder.close(20.0)
    return path


def test_info(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_and_run(["recording", "info", "--estate", str(estate), "-o", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["since"], facts["until"]) == (START, START + 598)
    assert (facts["pairs"], facts["targets"], facts["samples"]) == (2, 2, 600)
    assert facts["alerts"] == 3, "one that stood, and one that was raised twice"
    assert facts["bytes"] > 0
    assert facts["recording"] is False
    assert facts["max_age_h"] == 168
    assert parse_and_run(["recording", "info", "--estate", str(estate)]) == 0
    shown = capsys.readouterr().out
    assert "samples          600" in shown
    assert "alerts           3" in shown


def test_an_export_opens_elsewhere(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "incident.opsrec"
    times = ["--since", f"@{START + 100:.0f}", "--until", f"@{START + 200:.0f}"]
    line = ["recording", "export", "--estate", str(estate), *times, "-t", "web*", str(file)]
    assert parse_and_run(line) == 0
    assert [path.name for path in tmp_path.glob("incident*")] == [file.name]
    assert file.stat().st_mode & 0o777 == 0o600
    archive = Archive(file, probes())
    found = list(archive.between(0, START + 10**6))
    assert {sample.target for sample in found} == {"web-1"}
    assert [sample.at for sample in found] == [START + at for at in range(100, 201, 2)]
    assert [sample.rows[0][1] for sample in found if sample.rows] != []
    assert archive.at(START + 101)[0].at == START + 100
    assert [target.id for target in archive.targets()] == ["web-1"]
    assert b"10.0.0" not in file.read_bytes()
    capsys.readouterr()
    assert parse_and_run(["recording", "info", str(file), "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["samples"] == 51


def test_nothing_is_overwritten(
    estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "letter"
    file.write_text("dear aunt")
    line = ["recording", "export", "--estate", str(estate), "--since", "@1", str(file)]
    assert main(line) == 2
    assert "cannot be written: it is there already" in capsys.readouterr().err
    assert file.read_text() == "dear aunt"


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--since", "@1", "--until", "@2"], 1, "nothing was recorded between @1 and @2"),
        (["--since", "soon"], 2, "'soon' is no time"),
        (["--since", "@5", "--until", "@2"], 2, "is not before"),
        (["--since", "@1", "-t", "mail*"], 2, "no target matches 'mail*'"),
    ],
)
def test_what_cannot_be_exported_is_told(
    estate: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    code: int,
    said: str,
) -> None:
    file = tmp_path / "file"
    assert main(["recording", "export", "--estate", str(estate), *more, str(file)]) == code
    assert said in capsys.readouterr().err
    assert not file.exists()


def test_without_a_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    estate = tmp_path / "other.toml"
    estate.write_text("[target.web-1]\n")
    assert main(["recording", "info", "--estate", str(estate)]) == 2
    assert "no recording there" in capsys.readouterr().err
