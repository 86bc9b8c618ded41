"""check, get and watch against this machine and hosts that are not there: a real engine below."""

import csv
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = '[target.here]\naddress = "local"\n[target.here.intervals]\nvitals = 0.5\n'


def _command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "opsconsole", *map(str, arguments)]


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        _command(*arguments), capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """An estate of this machine alone."""
    path = tmp_path / "estate.toml"
    path.write_text(HERE)
    return path


@pytest.fixture
def silent() -> Iterator[tuple[str, int]]:
    """An address where connections are taken and nothing is ever said."""
    with socket.create_server(("127.77.30.1", 0)) as server:
        address: tuple[str, int] = server.getsockname()
        yield address


@pytest.fixture
def half(tmp_path: Path, silent: tuple[str, int]) -> Path:
    """An estate of this machine, a host that refuses, and one that says nothing."""
    with socket.create_server(("127.77.30.2", 0)) as closed:
        refusing = closed.getsockname()
    path = tmp_path / "half.toml"
    path.write_text(
        HERE
        + f'[target.refuses]\naddress = "{refusing[0]}"\nport = {refusing[1]}\n'
        + f'[target.silent]\naddress = "{silent[0]}"\nport = {silent[1]}\n'
    )
    return path


def test_check_reaches_this_machine(here: Path) -> None:
    done = _run("check", "--estate", here, "-o", "json")
    assert (done.returncode, done.stderr) == (0, "")
    (target,) = json.loads(done.stdout)["targets"]
    assert (target["target"], target["kind"], target["state"]) == ("here", "host", "reached")
    assert target["latency_ms"] > 0


def test_check_without_an_estate_is_this_machine() -> None:
    done = _run("check")
    head, line = done.stdout.splitlines()
    assert head.split() == ["TARGET", "KIND", "STATE", "MS", "REASON"]
    assert line.split()[1:3] == ["host", "reached"]
    assert done.returncode == 0


def test_check_tells_why_a_target_is_out_of_reach(half: Path) -> None:
    done = _run("check", "--estate", half, "--timeout", "3", "-o", "json")
    assert done.returncode == 1
    found = {one["target"]: one for one in json.loads(done.stdout)["targets"]}
    assert {name: one["state"] for name, one in found.items()} == {
        "here": "reached",
        "refuses": "unreachable",
        "silent": "silent",
    }
    assert "refused" in found["refuses"]["reason"]
    assert all(found[name]["latency_ms"] is None for name in ("refuses", "silent"))
    assert _run("check", "--estate", half, "-t", "here").returncode == 0


def test_check_of_a_bad_estate_names_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('[target.a]\nport = "x"\nadress = "b"\n')
    done = _run("check", "--estate", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "bad.toml" in done.stderr
    assert "did you mean 'address'?" in done.stderr
    assert "port" in done.stderr


def _rows(text: str, pane: str) -> list[dict[str, Any]]:
    """Rows of the only target; its answer has the documented shape."""
    whole = json.loads(text)
    assert list(whole) == ["pane", "targets"]
    assert whole["pane"] == pane
    (target,) = whole["targets"]
    assert list(target) == ["target", "state", "age_s", "fault", "rows"]
    assert (target["target"], target["state"], target["fault"]) == ("here", "live", None)
    assert 0 <= target["age_s"] < 60
    rows: list[dict[str, Any]] = target["rows"]
    return rows


def test_get_waits_until_rates_are_known(here: Path) -> None:
    done = _run("get", "system.fleet", "--estate", here, "-o", "json")
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = _rows(done.stdout, "system.fleet")
    assert 0 <= row["cpu_percent"] <= 100
    assert row["receive_bits_per_s"] >= 0
    assert row["state"] in {"ok", "warn", "crit"}


def test_get_shows_processes_as_csv_with_units_in_the_head(here: Path) -> None:
    columns = "pid,resident_bytes,command"
    done = _run("get", "host.process", "--estate", here, "-o", "csv", "--columns", columns)
    assert done.returncode == 0
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert list(rows[0]) == ["target", "pid", "resident_bytes", "command"]
    mine = [row for row in rows if row["pid"] == str(os.getpid())]
    assert len(mine) <= 1, "each process once"
    assert all(row["target"] == "here" and row["pid"].isdigit() for row in rows)


def test_get_prints_what_there_is_and_tells_the_rest(half: Path) -> None:
    done = _run("get", "host.vitals", "--estate", half, "--timeout", "3", "--columns", "cores")
    assert done.returncode == 1
    head, line = done.stdout.splitlines()
    assert (head.split(), line.split()[0]) == (["TARGET", "CORES"], "here")
    refuses, silent = done.stderr.splitlines()
    assert refuses.startswith("opsconsole: refuses: unreachable: ")
    assert silent.startswith("opsconsole: silent: no answer in time")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-t", "nobody"), "no target matches 'nobody'"),
        (("--columns", "cpu_persent"), "did you mean 'cpu_percent'?"),
    ],
)
def test_get_refuses_names_that_are_not_there(
    here: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = _run("get", "system.fleet", "--estate", here, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_watch_stops_at_the_count(here: Path) -> None:
    done = _run("watch", "host.vitals", "--estate", here, "-o", "jsonl", "--count", "3")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["target"] for line in lines] == ["here"] * 3
    moments = [line["at"] for line in lines]
    assert moments == sorted(set(moments)), "each line is an answer of its own"


def test_watch_as_a_table_says_when(here: Path) -> None:
    arguments = ("--estate", here, "--count", "1", "--columns", "cores")
    done = _run("watch", "host.vitals", *arguments)
    moment, head, line = done.stdout.splitlines()[:3]
    assert moment.split()[1] == "here"
    assert (head.split(), line.split()[0]) == (["TARGET", "CORES"], "here")


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def test_watch_writes_each_line_at_once_and_leaves_nothing_behind(here: Path) -> None:
    command = _command("watch", "host.vitals", "--estate", here, "-o", "jsonl")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watching:
        assert watching.stdout
        assert watching.stderr
        first, second = (json.loads(watching.stdout.readline()) for _ in range(2))
        assert first["at"] < second["at"]
        samplers = _children(watching.pid)
        assert samplers
        watching.send_signal(signal.SIGINT)
        assert watching.wait(60) == 130
        assert watching.stderr.read() == b""
        assert not [pid for pid in samplers if Path(f"/proc/{pid}").exists()]


def test_watch_ends_quietly_when_its_reader_goes(here: Path) -> None:
    command = _command("watch", "host.vitals", "--estate", here, "-o", "jsonl")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watching:
        assert watching.stdout
        assert watching.stderr
        assert json.loads(watching.stdout.readline())
        watching.stdout.close()
        assert watching.wait(60) == 141
        assert watching.stderr.read() == b""
