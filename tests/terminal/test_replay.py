"""The real console in tmux goes back in what its real collector recorded, and opens an export."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.operator import HERE, Operator
from tests.terminal.tmux import Tmux

pytestmark = pytest.mark.terminal

BAND = "<< REPLAY <<"


@pytest.fixture
def operator(tmux: Tmux, tmp_path: Path) -> Operator:
    return Operator(tmux, tmp_path)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_back_and_live_again(operator: Operator, size: tuple[int, int]) -> None:
    operator.open(HERE, cols=size[0], rows=size[1])
    operator.wait_live()
    _enter(operator)
    assert "R live" in operator.tmux.screen()
    operator.wait("it stands still", lambda: _stands(operator))
    operator.tmux.keys("x")
    operator.tmux.wait_for("REPLAY shows what is over")
    assert BAND in operator.tmux.screen()
    operator.tmux.keys("R")
    operator.wait("live again", lambda: BAND not in operator.tmux.screen())
    operator.wait_live()
    operator.leave()


def _enter(operator: Operator) -> None:
    """`R`, once more while there is nothing recorded yet."""

    def entered() -> bool:
        if BAND in operator.tmux.screen():
            return True
        operator.tmux.keys("R")
        return operator.within(3.0, lambda: BAND in operator.tmux.screen())

    operator.wait("a replay", entered)


def _stands(operator: Operator) -> bool:
    before = _panes(operator)
    return not operator.within(3.0, lambda: _panes(operator) != before)


def _panes(operator: Operator) -> list[str]:
    """What panes show; neither how long ago that is nor what the console costs."""
    lines = operator.tmux.screen().splitlines()[:-2]
    return [line for line in lines if BAND not in line]


def test_what_one_exports_another_opens(operator: Operator, tmp_path: Path) -> None:
    operator.open(HERE)
    operator.wait_live()
    file = tmp_path / "incident.opsrec"
    argv = [sys.executable, "-m", "opsconsole", "recording", "export", str(file)]
    estate = ["--estate", str(tmp_path / "estate.toml"), "--since", "-1h"]
    homes = {"XDG_STATE_HOME": str(tmp_path / "state")}
    env = {**os.environ, **homes}

    def exported() -> bool:
        """What is seen is on disk within seconds."""
        done = subprocess.run([*argv, *estate], env=env, capture_output=True, check=False)
        return done.returncode == 0

    operator.wait("something recorded", exported)
    operator.leave()
    elsewhere = tmp_path / "e"
    elsewhere.mkdir()
    with Tmux(elsewhere) as other:
        other.start([sys.executable, "-m", "opsconsole", "replay", str(file)])
        other.wait_for(BAND)
        other.wait_for("here")
        other.keys("Escape", "[")
        other.wait_for(BAND)
