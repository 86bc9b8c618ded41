"""Completion as the shells do it, with panes and targets offered while typing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from opsconsole.cli.completion import INSTALL
from tests.cli.terminal import terminal

pytestmark = [pytest.mark.server, pytest.mark.terminal]
ESTATE = """
[target.web-1]
address = "local"
[target.web-2]
address = "local"
[action.drain]
title = "Drain"
about = "Drains."
on = "host"
weight = "noticed"
run = ["true"]
look = ["true"]
verify = { says = "drained", status = 0 }
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment in which `opsconsole` is a command and the estate has two targets."""
    command = tmp_path / "bin" / "opsconsole"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m opsconsole "$@"\n')
    command.chmod(0o755)
    estate = tmp_path / "estate.toml"
    estate.write_text(ESTATE)
    (tmp_path / "home").mkdir()
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "OPSCONSOLE_ESTATE": str(estate), "PS1": "ready> "}


def _installed(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    return found


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("opsconsole get system.fl", "system.fleet"),
        ("opsconsole get host.proc", "host.process"),
        ("opsconsole watch system.fleet -t web-", "web-1"),
        ("opsconsole act estate.dr", "estate.drain"),
        ("opsconsole act estate.drain web-", "web-1"),
        ("opsconsole che", "check"),
    ],
)
def test_tab_completes(shell: str, typed: str, completed: str, env: dict[str, str]) -> None:
    quiet = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}[shell]
    with terminal([_installed(shell), *quiet], env) as tty:
        tty.wait_for("ready> ")
        if shell == "zsh":
            tty.type("autoload -U compinit && compinit -u -D\r")
        tty.type(f'eval "$(opsconsole completion {shell})" && echo load""ed\r')
        tty.wait_for("loaded")
        before = len(tty.written)
        tty.type(f"{typed}\t\t")
        tty.wait_for(completed, before)


def test_fish_completes_with_titles(env: dict[str, str]) -> None:
    fish = _installed("fish")
    script = "opsconsole completion fish | source; complete -C 'opsconsole get system.fl'"
    done = subprocess.run(
        [fish, "--no-config", "-c", script],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\t")[0].strip() == "system.fleet"


@pytest.mark.parametrize("shell", INSTALL)
def test_the_first_line_says_how_to_install(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "opsconsole", "completion", shell],
        capture_output=True,
        text=True,
        check=True,
    )
    first, rest = done.stdout.split("\n", 1)
    assert first == f"# Install for good:  {INSTALL[shell]}"
    assert "_OPSCONSOLE_COMPLETE" in rest


def test_a_broken_estate_offers_nothing_and_says_nothing(
    env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "estate.toml").write_text("[target")
    asked = {
        "_OPSCONSOLE_COMPLETE": "bash_complete",
        "COMP_WORDS": "opsconsole check -t ",
        "COMP_CWORD": "3",
    }
    done = subprocess.run(
        [sys.executable, "-m", "opsconsole"],
        env={**os.environ, **env, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
