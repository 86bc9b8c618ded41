"""An alert on a real machine, from its rule to the plan that helps, in the real console."""

from pathlib import Path

import pytest

from tests.terminal.operator import HERE, Operator
from tests.terminal.tmux import Tmux

pytestmark = pytest.mark.terminal

FULL = """
[[override]]
rule = "*"
enabled = false

[[override]]
rule = "host.disk-full"
enabled = true
warn = { raise = 0.000001, clear = 0.0000001 }
"""
"""Whatever disk there is, is full; and nothing else is told."""


@pytest.mark.parametrize("cols", [80, 160])
def test_the_worst_alert_what_helps_and_its_plan_are_three_keys(
    tmux: Tmux, tmp_path: Path, cols: int
) -> None:
    operator = Operator(tmux, tmp_path)
    operator.open(HERE + FULL, cols=cols, rows=30)
    operator.wait_live()
    screen = operator.tmux.wait_for("1 warn", 90)
    assert "! " in screen.splitlines()[0]
    operator.tmux.keys("!")
    operator.tmux.wait_for("File system is full: ")
    operator.tmux.keys("x")
    operator.tmux.wait_for("Act on ")
    operator.tmux.wait_for("Vacuum journal")
    operator.tmux.wait_without("checking rights")
    menu = operator.tmux.screen()
    assert menu.index("Find what grew") < menu.index("Vacuum journal")
    operator.tmux.keys("g")
    operator.tmux.wait_for("Find what grew")
    operator.tmux.wait_for("expected")
    operator.tmux.keys("Escape")
    operator.tmux.wait_without("Find what grew")


def test_who_takes_it_on_is_written_down_and_shown(tmux: Tmux, tmp_path: Path) -> None:
    """By the real collector: the console only asks."""
    operator = Operator(tmux, tmp_path)
    operator.open(HERE + FULL, cols=160, rows=30)
    operator.tmux.wait_for("1 warn", 90)
    operator.tmux.keys("!", "A")
    operator.tmux.wait_for("Acknowledge File system is full")
    operator.tmux.type("on it")
    operator.tmux.keys("Enter", "Right", "Enter")
    operator.tmux.wait_for("1 ack")
    assert "1 warn" not in operator.tmux.screen().splitlines()[0]
    operator.tmux.keys("a")
    operator.tmux.wait_for(": on it")
    operator.tmux.keys("Escape")
    operator.tmux.wait_without("Alerts (")
    operator.command("unack")
    operator.tmux.wait_for("1 warn")
    operator.command("silence rule:host.disk-full 2h tests")
    operator.tmux.wait_for("no alert calls")
    operator.tmux.keys("a")
    operator.tmux.wait_for("silenced by ")
    operator.tmux.keys("Escape")
    operator.tmux.wait_without("Alerts (")
    operator.command("unsilence")
    operator.tmux.wait_for("End which silence?")
    operator.tmux.keys("Enter")
    operator.tmux.wait_for("1 warn")
