"""The installed wheel works where nothing else is: no checkout, no workshop tools."""

import json
from pathlib import Path

from opsconsole import __version__
from tests.cli.terminal import terminal
from tests.packaging.conftest import run


def test_the_command_is_there_and_knows_its_version(installed: Path) -> None:
    done = run(installed / "opsconsole", "--version")
    assert (done.returncode, done.stdout) == (0, f"opsconsole {__version__}\n")


def test_the_library_alone_brings_no_generic_name(installed: Path) -> None:
    code = (
        "import importlib.util as u, opsconsole, sys\n"
        "names = ('screens', 'widgets', 'themes', 'tests', 'benchmarks')\n"
        "print([n for n in names if u.find_spec(n)])\n"
    )
    done = run(installed / "python", "-P", "-c", code)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_what_is_run_is_the_wheel(installed: Path) -> None:
    code = (
        "import opsconsole.__main__ as m; m.open_rooms()\n"
        "import opsconsole, screens, widgets\n"
        "print(opsconsole.__file__, screens.__file__, widgets.__file__, sep='\\n')"
    )
    done = run(installed / "python", "-P", "-c", code)
    home = str(installed.parent)
    assert [line.startswith(home) for line in done.stdout.splitlines()] == [True] * 3


def test_panes_are_found(installed: Path) -> None:
    done = run(installed / "opsconsole", "panes", "-o", "json")
    assert (done.returncode, done.stderr) == (0, "")
    ids = {pane["pane"] for pane in json.loads(done.stdout)}
    assert {"system.fleet", "host.vitals"} <= ids


def test_this_machine_is_reached(installed: Path) -> None:
    done = run(installed / "opsconsole", "check", "-o", "json")
    assert (done.returncode, done.stderr) == (0, "")
    (target,) = json.loads(done.stdout)["targets"]
    assert target["state"] == "reached"


def test_the_console_opens_shows_data_and_closes(installed: Path) -> None:
    with terminal([str(installed / "opsconsole")], {"PYTHONPATH": ""}, size=(40, 120)) as tty:
        tty.wait_for("\x1b[?1049h")
        tty.wait_for("Processes")
        tty.wait_for("live")
        tty.type(":quit now\r")
        assert tty.wait() == 0
        assert b"\x1b[?1049l" in tty.written[-2000:], "the terminal is given back"
