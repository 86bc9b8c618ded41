"""A program of ours has the terminal for a while, and gives it back."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from opsconsole import __version__
from opsconsole.spec import Visit
from screens.shell.app import OpsConsole
from screens.shell.verb import reading
from tests.screens.shell.text.test_reading import LOG, site

SHELL = Visit(
    id="host.shell",
    title="Shell",
    letter="s",
    about="A shell.",
    probes=("host.unit",),
    pins=("unit",),
    argv=lambda thing: ("kubernetes", "exec", thing.target, thing.name),
)


def _aside(_: OpsConsole) -> nullcontext[None]:
    return nullcontext()


@pytest.mark.parametrize(("word", "status"), [("--version", 0), ("--nonsense", 2)])
def test_a_command_is_run_and_read_before_the_console_is_drawn_again(
    word: str, status: int
) -> None:
    code = f"from screens.shell.text.visit import visited; raise SystemExit(visited(['{word}']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="\n",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == status
    assert (__version__ in done.stdout) == (status == 0)
    assert "Enter goes back to the console" in done.stdout


async def test_it_is_picked_from_the_menu_and_knows_the_estate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[str, ...]] = []

    def visited(argv: Sequence[str]) -> int:
        asked.append(tuple(argv))
        return 3

    monkeypatch.setattr(reading, "visited", visited)
    monkeypatch.setattr(OpsConsole, "suspend", _aside)  # there is no terminal
    async with site(monkeypatch, tmp_path, LOG, SHELL) as (on, _):
        on.app.options = ("--estate", "x.toml")
        await on.press("v")
        assert on.says("A shell.")
        await on.press("s")
        words = ("kubernetes", "exec", "web-1", "cron.service", "--estate", "x.toml")
        assert asked == [words]
        assert on.says("Shell: cron.service: ended, status 3")
        await on.press("space", "space")
        await on.type("read shell")
        assert on.says("one object at a time")
        assert len(asked) == 1
