"""Help that can be read on an 80-column terminal, and usage errors that say where help is."""

import re
import subprocess
import sys

import click
import pytest

from opsconsole import __version__
from opsconsole.cli.command import opsconsole, parse_and_run

NAMES = sorted(opsconsole.commands)
SEEN = [name for name in NAMES if not opsconsole.commands[name].hidden]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "opsconsole", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_version_is_the_packages() -> None:
    done = _run("--version")
    assert (done.returncode, done.stdout) == (0, f"opsconsole {__version__}\n")


@pytest.mark.parametrize("name", SEEN)
def test_help_has_examples_and_fits_the_terminal(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parse_and_run([name, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"opsconsole {name}" in text.partition("Examples:")[2]
    assert max(map(len, text.splitlines())) <= 80
    options = [p for p in opsconsole.commands[name].params if isinstance(p, click.Option)]
    assert all(option.help for option in options)


def test_help_lists_every_command_but_the_collector() -> None:
    done = _run("--help")
    assert done.returncode == 0
    listed = re.findall(r"^  ([\w-]+)  ", done.stdout.partition("Commands:")[2], re.MULTILINE)
    assert sorted(listed) == SEEN == [name for name in NAMES if name != "collect"]


@pytest.mark.parametrize("name", ["check", "get", "watch", "act", "approve"])
def test_exit_codes_are_in_the_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    parse_and_run([name, "--help"])
    assert "Exit codes:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "opsconsole: no such command 'chek'"),
        (["get"], "opsconsole: missing argument 'PANE'.\nHelp: opsconsole get --help\n"),
        (["get", "x", "-o", "xml"], "is not one of 'table', 'json', 'csv'"),
        (["check", "--timeout", "0"], "is not in the range x>=0.1"),
        (["check", "--estat", "x"], "opsconsole: no such option '--estat'"),
        (["get", "system.fleat"], "did you mean 'system.fleet'?"),
        (["check", "--estate", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(arguments: list[str], said: str) -> None:
    done = _run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
