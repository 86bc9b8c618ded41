"""The first frame waits for nothing, and a command line without a command opens the console."""

import subprocess
import sys
from pathlib import Path

import pytest

from opsconsole.__main__ import open_rooms, with_command
from tests.cli.terminal import terminal


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ([], ["console"]),
        (["--estate", "lab"], ["console", "--estate", "lab"]),
        (["console"], ["console"]),
        (["get", "-o", "json"], ["get", "-o", "json"]),
        (["--help"], ["--help"]),
        (["-h"], ["-h"]),
        (["--version"], ["--version"]),
        (["-V"], ["-V"]),
    ],
)
def test_the_console_is_what_nobody_has_to_name(typed: list[str], meant: list[str]) -> None:
    assert with_command(typed, completing=False) == meant


def test_a_shell_that_completes_opens_no_console() -> None:
    assert with_command([], completing=True) == []


def test_rooms_of_a_wheel_come_first_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = tmp_path / "_rooms"
    monkeypatch.setattr("opsconsole.__main__.__file__", str(tmp_path / "__main__.py"))
    monkeypatch.setattr(sys, "path", ["elsewhere"])
    open_rooms()
    assert sys.path == ["elsewhere"], "a checkout has no such folder"
    rooms.mkdir()
    open_rooms()
    open_rooms()
    assert sys.path == [str(rooms), "elsewhere"]


@pytest.mark.terminal
def test_the_first_frame_is_painted_before_anything_heavy_is_imported() -> None:
    code = (
        "import os, sys\n"
        "before = set(sys.modules)\n"
        "import opsconsole.__main__ as door\n"
        "import screens.shell.skeleton as skeleton\n"
        "def paint(*_):\n"
        "    print('PAINTED', *sorted(set(sys.modules) - before), 'END')\n"
        "    os._exit(0)\n"
        "skeleton.paint = paint\n"
        "sys.argv = ['opsconsole']\n"
        "door.main()\n"
    )
    with terminal([sys.executable, "-c", code], size=(24, 400)) as tty:
        assert tty.wait() == 0
        assert b"PAINTED" in tty.written
        loaded = tty.written.partition(b"PAINTED")[2].partition(b"END")[0].decode().split()
    ours = {name for name in loaded if name.partition(".")[0] in {"opsconsole", "screens"}}
    assert ours == {
        "opsconsole",
        "opsconsole.__main__",
        "screens",
        "screens.shell",
        "screens.shell.charset",
        "screens.shell.skeleton",
    }
    strangers = {name.partition(".")[0] for name in set(loaded) - ours}
    assert strangers <= set(sys.stdlib_module_names), "only the standard library so far"
    assert len(strangers) < 10, sorted(strangers)


def test_without_a_terminal_the_console_says_so_and_names_its_twins() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "opsconsole"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "terminal" in done.stderr
    assert "opsconsole get" in done.stderr
