"""A locale that lacks a character is no reason to fail: what was said can still be read."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import terminal

NAME = "b\u00fccher-\u65e5\U0001f980"
"""Fifteen bytes: as much as Linux keeps of a process's name."""

ESCAPED = b"b\\u00fccher-\\u65e5\\ud83e\\udd80"
LATIN = b"b\xfccher-\\u65e5\\ud83e\\udd80"
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
PROCESSES = ("host.process", "--columns", "pid,command")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[int]:
    """Pid of a process on this machine under a name that ASCII has no letters for."""
    sleep = shutil.which("sleep")
    assert sleep is not None
    program = shutil.copy(sleep, tmp_path / NAME)
    with subprocess.Popen([program, "600"]) as process:
        yield process.pid
        process.kill()


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """This machine, asked often."""
    path = tmp_path / "estate.toml"
    path.write_text('[target.here]\naddress = "local"\n[target.here.intervals]\nvitals = 0.5\n')
    return path


def _run(*arguments: str | Path, encoding: str | None = None) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONIOENCODING"}
    env |= PLAIN | ({"PYTHONIOENCODING": encoding} if encoding else {})
    command = [sys.executable, "-m", "opsconsole", *map(str, arguments)]
    done = subprocess.run(command, env=env, capture_output=True, timeout=120, check=False)
    assert b"Traceback" not in done.stderr
    return done


@pytest.mark.parametrize(("encoding", "spelled"), [(None, ESCAPED), ("latin-1", LATIN)])
@pytest.mark.parametrize(
    "arguments",
    [
        ("get", *PROCESSES),
        ("get", *PROCESSES, "-o", "csv"),
        ("watch", *PROCESSES, "--count", "1"),
    ],
    ids=["table", "csv", "watch"],
)
def test_what_a_locale_lacks_is_printed_escaped(
    running: int, estate: Path, arguments: tuple[str, ...], encoding: str | None, spelled: bytes
) -> None:
    done = _run(*arguments, "--estate", estate, encoding=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    its = re.compile(rb"(^|[\s,])%d[\s,]+\"?/" % running)
    (line,) = [line for line in done.stdout.splitlines() if its.search(line)]
    assert spelled in line


@pytest.mark.parametrize("encoding", [None, "latin-1"])
def test_json_keeps_every_character(running: int, estate: Path, encoding: str | None) -> None:
    done = _run("get", *PROCESSES, "-o", "json", "--estate", estate, encoding=encoding)
    (one,) = json.loads(done.stdout.decode("latin-1"))["targets"]
    (command,) = [row["command"] for row in one["rows"] if row["pid"] == running]
    assert NAME in command


def test_why_a_target_is_out_of_reach_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "estate.toml"
    path.write_text(
        f'[target.far]\naddress = "127.0.0.1"\nport = 1\nuser = "{NAME[:-1]}"\n', "utf-8"
    )
    done = _run("check", "--estate", path)
    assert (done.returncode, done.stderr) == (1, b"")
    assert ESCAPED[:18] + b"@127.0.0.1" in done.stdout


def test_an_imported_estate_is_utf_8(tmp_path: Path) -> None:
    inventory = tmp_path / "hosts"
    inventory.write_text(f"web-1 ansible_user={NAME}\n", "utf-8")
    done = _run("import", "ansible", inventory, encoding="latin-1")
    assert NAME.encode() in done.stdout


@pytest.mark.terminal
def test_a_screen_printed_as_plain_text_has_them_too(running: int, estate: Path) -> None:
    command = [sys.executable, "-m", "opsconsole", "--estate", str(estate)]
    with terminal(command, env=PLAIN, size=(24, 120)) as tty:
        tty.wait_for("CPU")
        tty.type(":pane processes\r")
        tty.wait_for("COMMAND")
        # However busy this machine is: its row is the only one.
        tty.type(f":filter pid:^{running}$\r")
        for _ in range(20):
            begin = len(tty.written)
            tty.type(":dump\r")
            tty.wait_for("Enter goes back", after=begin)
            if f"\n{running}\t".encode() in tty.written[begin:]:
                break
            back = len(tty.written)
            tty.type("\r")
            tty.wait_for("COMMAND", after=back)
        assert f"\n{running}\t".encode() in tty.written
        assert ESCAPED in tty.written
