"""The real console in tmux: sizes, colours and characters that were promised, and nothing else."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.terminal import wire
from tests.terminal.operator import HERE, Operator
from tests.terminal.tmux import Tmux

pytestmark = pytest.mark.terminal

SMALL, MIDDLE, WALL = (80, 24), (160, 50), (400, 100)
PANES = {SMALL: ("Processes",), MIDDLE: ("Filesystems", "Cores"), WALL: ("Identity", "Clock")}
"""Titles that are on the screen from that size on, but not on a smaller one."""


@dataclass(frozen=True)
class Look:
    """A terminal, and what may be sent to it."""

    env: dict[str, str]
    colors: set[str]
    first: tuple[int, int]
    """The size it has when the console starts."""
    plain: bool = False
    """Whether it knows ASCII only."""


LOOKS = {
    "true-color": Look({"COLORTERM": "truecolor"}, {wire.TRUE_COLOR}, SMALL),
    "256-colors": Look({"COLORTERM": "", "TERM": "xterm-256color"}, {wire.COLORS_256}, MIDDLE),
    "16-colors": Look({"COLORTERM": "", "TERM": "screen"}, {wire.COLORS_16}, WALL),
    "no-color": Look({"NO_COLOR": "1"}, set(), SMALL),
    "ascii": Look({"LANG": "C", "LC_ALL": ""}, {wire.TRUE_COLOR}, MIDDLE, plain=True),
}


@pytest.fixture
def operator(tmux: Tmux, tmp_path: Path) -> Operator:
    return Operator(tmux, tmp_path)


@pytest.mark.parametrize("name", LOOKS)
def test_what_is_promised_to_a_terminal(operator: Operator, name: str) -> None:
    look = LOOKS[name]
    cols, rows = look.first
    operator.open(HERE, cols=cols, rows=rows, env=look.env)
    operator.wait_live()
    for size in (look.first, *(size for size in PANES if size != look.first), look.first):
        operator.tmux.resize(*size)
        _fits(operator, size)
    assert wire.color_classes(operator.written) == look.colors
    assert operator.written.isascii() is look.plain
    _leaves(operator)


def test_the_size_is_the_terminals_own_whatever_the_environment_says(operator: Operator) -> None:
    operator.open(HERE, cols=160, rows=50, env={"COLUMNS": "80", "LINES": "24"})
    operator.wait_live()
    for size in (MIDDLE, SMALL):
        operator.tmux.resize(*size)
        _fits(operator, size)


def _fits(operator: Operator, size: tuple[int, int]) -> None:
    """Laid out for this size: its panes, edge to edge, alive, and nothing beyond the edges."""
    at = list(PANES).index(size)
    shown = [title for titles in list(PANES.values())[: at + 1] for title in titles]
    hidden = [title for titles in list(PANES.values())[at + 1 :] for title in titles]

    def laid_out() -> bool:
        screen = operator.tmux.screen()
        there = all(title in screen for title in shown) and not any(t in screen for t in hidden)
        return there and "? Help" in screen.splitlines()[size[1] - 1]

    operator.wait(f"the panes of {size[0]}x{size[1]}", laid_out)
    operator.wait_live()
    cols, rows = size
    drawn = operator.repainted(lambda drawn: _right(drawn) >= cols and _bottom(drawn) >= rows)
    assert (_right(drawn), _bottom(drawn)) == size


def _right(drawn: str) -> int:
    return max((last for _, _, last in wire.spans(drawn)), default=0)


def _bottom(drawn: str) -> int:
    return max((row for row, _, _ in wire.spans(drawn)), default=0)


def _leaves(operator: Operator) -> None:
    """`q` and `y` end it, with the terminal as it was."""
    assert operator.tmux.ask("alternate_on") == "1"
    assert operator.tmux.ask("mouse_any_flag") == "1"
    operator.leave()
    assert wire.left_on(operator.written) == set()


def test_the_shell_gets_its_terminal_back_as_it_was(operator: Operator) -> None:
    script = 'stty -g >"$0.before"; "$@"; echo "ended $?"; stty -g >"$0.after"; exec sleep 1000'
    modes = operator.folder / "modes"
    operator.open(HERE, through=("sh", "-c", script, str(modes)))
    operator.wait_live()
    assert "Processes" in operator.tmux.screen()
    operator.leave(ends=False)
    assert "Processes" not in operator.tmux.wait_for("ended 0")
    after = modes.with_suffix(".after")
    operator.wait("the shell goes on", lambda: after.exists() and bool(after.read_text()))
    assert after.read_text() == modes.with_suffix(".before").read_text()
    flags = ("alternate_on", "cursor_flag", "mouse_any_flag", "keypad_flag")
    assert [operator.tmux.ask(flag) for flag in flags] == ["0", "1", "0", "0"]
