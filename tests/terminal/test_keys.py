"""No dead key: each one of the keymap changes what one sees, or the status line says why not."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from screens.shell.start import default_keys
from tests.servers.sshd import Site
from tests.terminal.keyboard import for_tmux
from tests.terminal.operator import HERE, Operator, estate_of
from tests.terminal.tmux import Tmux

pytestmark = [pytest.mark.terminal, pytest.mark.server]

FIRST: Mapping[str, Sequence[str]] = {
    "table.up": ("j",),
    "table.page-up": ("G",),
    "table.half-up": ("G",),
    "table.top": ("G",),
    "table.left": ("Right",),
    "table.unmark": ("Space",),
    "table.drop-range": ("V",),
    "table.down": ("Home",),
    "table.page-down": ("Home",),
    "table.half-down": ("Home",),
    "table.bottom": ("Home",),
}
"""What must be so before a key can mean anything, by action id."""

AFTER: Mapping[str, Sequence[str]] = {
    "help": ("C-g",),
    "command": ("Escape",),
    "go": ("g",),
    "next-pane": ("BTab",),
    "previous-pane": ("Tab",),
    "close": ("n",),
    "replay": ("R",),
    "zoom": ("z",),
    "filter": ("Escape",),
    "describe": ("C-g",),
    "dump": ("Enter",),
    "mouse": ("M",),
    "act": ("C-g",),
    "ack": ("C-g",),
    "alerts": ("C-g",),
    "timeline": ("C-g",),
    "pivot": ("C-g",),
    "changes": ("C-g",),
    "table.open": ("C-g",),
    "table.mark-range": ("V",),
    "table.mark-all": ("U",),
    "table.sort": ("C-g",),
    "table.columns": ("C-g",),
    "table.wide": ("w",),
}
"""What takes it back."""


CALM = '[[override]]\nrule = "*"\nenabled = false\n'
"""Nothing is raised: what an alert says would take the place of other words."""


def _calm(estate: str) -> str:
    """An estate on which little goes on: what is asked while keys are tried costs time alone."""
    return estate.replace("vitals = 0.5, processes = 0.5", "vitals = 2, processes = 4") + CALM


def _still(operator: Operator) -> str:
    """A screen on which nothing moves but by a key; the status line says that, and nothing else."""
    operator.command("pause on")
    operator.tmux.wait_for("PAUSED")
    return operator.still()


def _dead(operator: Operator) -> list[str]:
    """Keys that change nothing one can see."""
    return [
        f"{action}: {key}"
        for action, keys in default_keys().items()
        for key in keys
        if not _acts(operator, action, key)
    ]


def _acts(operator: Operator, action: str, key: str) -> bool:
    """Whether one sees that a key was pressed; `repaint` sends the same screen once more."""
    operator.tmux.keys(*FIRST.get(action, ()))
    before, written = _still(operator), len(operator.written)

    def acted() -> bool:
        if action == "repaint":
            return len(operator.written) - written > 1000
        return operator.picture() != before

    operator.tmux.keys(for_tmux(key))
    seen = operator.within(60.0, acted)
    operator.tmux.keys(*AFTER.get(action, ()))
    operator.still()
    return seen


def test_commands_typed_ahead_are_carried_out_one_by_one(tmux: Tmux, tmp_path: Path) -> None:
    operator = Operator(tmux, tmp_path)
    operator.open(HERE + CALM)
    operator.wait_live()
    tmux.type(":pane interfaces\r:theme nowhere\r:help interval\r")
    tmux.wait_for("Keys and commands")
    tmux.keys("C-g")
    tmux.wait_for("no theme 'nowhere'")
    assert " Interfaces" in tmux.screen()


def test_no_key_is_dead_on_one_host(tmux: Tmux, tmp_path: Path) -> None:
    operator = Operator(tmux, tmp_path)
    operator.open(_calm(HERE))
    operator.wait_live()
    operator.command("pane processes")
    assert _dead(operator) == []


def test_no_key_is_dead_on_a_fleet(tmux: Tmux, tmp_path: Path, site: Site) -> None:
    operator = Operator(tmux, tmp_path)
    hosts = [site.host(f"web-{number}", f"127.77.61.{number}") for number in (1, 2)]
    operator.open(_calm(estate_of(site, *hosts)))
    operator.tmux.wait_for("web-2")
    operator.wait_live()
    assert _dead(operator) == []
