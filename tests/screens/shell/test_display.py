"""The bytes sent bring a terminal to exactly the screen that the stock path would draw."""

import random
from collections.abc import Callable, Iterable
from functools import partial

import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual import on
from textual._compositor import LayoutUpdate
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region, Size
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import ContentSwitcher, Input, Static

from screens.shell.base import ConsoleApp
from screens.shell.compose import FrugalCompositor
from screens.shell.display import diff_supported
from screens.shell.display_paint import Painter
from tests.screens.shell.emulator import Emulator

WORDS = (
    "web-1",
    "datenbank",
    "数据库",
    "naïve",
    "ab\u0301c",
    "日本 host",
    "x" * 30,
    "",
    "99 %",
    "😀 ok",
    "❤️ up",
)


class Recorder(HeadlessDriver):
    """A headless driver that keeps what it is asked to write."""

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        assert isinstance(self._app, Stage)
        self._app.sent.append(data)


class Lines(ScrollView, can_focus=True):
    """Rows of words in changing colours, drawn by line."""

    def __init__(self, rows: int, seed: int) -> None:
        super().__init__()
        self.random = random.Random(seed)
        self.rows = [self._row() for _ in range(rows)]
        self.virtual_size = Size(60, rows)

    def _row(self) -> list[Segment]:
        pick = self.random
        return [
            Segment(
                f"{pick.choice(WORDS)} ",
                Style(
                    color=pick.choice(["red", "#00ff00", "color(123)", None]),
                    bgcolor=pick.choice([None, None, "#202040"]),
                    bold=pick.random() < 0.2,
                    reverse=pick.random() < 0.1,
                    underline=pick.random() < 0.1,
                ),
            )
            for _ in range(pick.randrange(1, 8))
        ]

    def change(self) -> None:
        for _ in range(self.random.randrange(1, 6)):
            self.rows[self.random.randrange(len(self.rows))] = self._row()
        self.refresh()

    def change_line(self) -> None:
        at = self.random.randrange(len(self.rows))
        self.rows[at] = self._row()
        y = at - self.scroll_offset.y
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def sort(self) -> None:
        self.rows.sort(key=lambda row: "".join(segment.text for segment in row))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        segments = self.rows[at] if at < len(self.rows) else []
        return Strip(segments).crop_extend(0, self.size.width, self.rich_style)


class Question(ModalScreen[None]):
    """A dialog over part of the screen."""

    CSS = "Question { align: center middle; } Static { width: 24; height: 5; border: round red; }"

    def compose(self) -> ComposeResult:
        yield Static("Really? 数 [/]", markup=False)


class Stage(ConsoleApp):
    """Everything a console does to a screen, in small."""

    CSS = """
    Lines { width: 2fr; border: round green; }
    #switch { height: 8; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []

    def get_default_screen(self) -> Screen[None]:
        screen: Screen[None] = Screen(id="_default")
        screen._compositor = FrugalCompositor()
        return screen

    def _build_driver(
        self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None
    ) -> Driver:
        self._driver = Recorder(self, mouse=mouse, size=size)
        return self._driver

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Lines(80, 1)
            yield Lines(30, 2)
        with ContentSwitcher(initial="one", id="switch"):
            yield Static("first tab\nwith two lines", id="one")
            yield Static("second tab", id="two")
        yield Input(id="input")

    @on(Input.Changed)
    def _echo(self, event: Input.Changed) -> None:
        self.query_one("#one", Static).update(event.value)


def _expected(app: Stage) -> Emulator:
    """What the stock path draws on a fresh terminal."""
    size = app.size
    reference = Emulator(size.width, size.height)
    strips = app.screen._compositor.render_strips()
    update = LayoutUpdate([[strip] for strip in strips], Region(0, 0, *size))
    reference.feed("\x1b[?7l" + update.render_segments(app.console))
    return reference


async def _settled(pilot: Pilot[int], app: Stage, terminal: Emulator) -> bool:
    """Replay what was sent; a toast may expire between the last frame and the comparison."""
    for _ in range(20):
        if (terminal.screen.columns, terminal.screen.lines) != tuple(app.size):
            terminal.resize(*app.size)
        terminal.feed("".join(app.sent))
        app.sent.clear()
        if terminal.cells() == _expected(app).cells():
            return True
        await pilot.pause(0.05)
    return False


def _switch_dialog(app: Stage) -> None:
    if isinstance(app.screen, Question):
        app.pop_screen()
    else:
        app.push_screen(Question())


def _switch_tab(app: Stage) -> None:
    for switch in app.screen.query(ContentSwitcher):
        switch.current = "two" if switch.current == "one" else "one"


def _moves(app: Stage, pick: random.Random) -> dict[str, Callable[[], object]]:
    """What may happen to the screen next, by name."""
    themes = ["dark", "light", "cb", "ansi"]
    moves: dict[str, Callable[[], object]] = {
        "dialog": lambda: _switch_dialog(app),
        "theme": lambda: setattr(app, "theme", pick.choice(themes)),
        "toast": lambda: app.notify(f"{pick.choice(WORDS)} [/] \x1b[31m", timeout=0.05),
        "long toast": lambda: app.notify(pick.choice(WORDS)),
        "forget": app.forget_screen,
        "tab": lambda: _switch_tab(app),
    }
    for number, lines in enumerate(app.screen.query(Lines)):
        moves[f"change {number}"] = lines.change
        moves[f"one line {number}"] = lines.change_line
        moves[f"sort {number}"] = lines.sort
        moves[f"scroll {number}"] = partial(lines.scroll_to, y=pick.randrange(80), animate=False)
    return moves


async def _act(pilot: Pilot[int], app: Stage, pick: random.Random) -> str:
    moves = _moves(app, pick)
    move = pick.choice([*moves, "resize", "key"])
    if move == "resize":
        await pilot.resize_terminal(pick.randrange(20, 120), pick.randrange(10, 40))
    elif move == "key":
        await pilot.press(pick.choice(["tab", "a", "down", "pagedown", "end", "home"]))
    else:
        moves[move]()
    await pilot.pause()
    return move


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_sent_shows_what_stock_would_draw(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor" if seed % 2 else "")
    monkeypatch.setenv("TERM", "xterm-256color" if seed % 4 else "xterm")
    app = Stage()
    pick = random.Random(seed)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        assert app.diff_active, app.diff_reason
        terminal = Emulator(80, 24)
        terminal.feed("\x1b[?7l")
        done: list[str] = []
        for _ in range(40):
            done.append(await _act(pilot, app, pick))
            await pilot.pause(0.01)
            assert await _settled(pilot, app, terminal), f"after {done}"


def _frame(*lines: str, style: Style | None = None) -> LayoutUpdate:
    width = max(len(line) for line in lines)
    strips: list[Iterable[Strip]] = [[Strip([Segment(line, style)])] for line in lines]
    return LayoutUpdate(strips, Region(0, 0, width, len(lines)))


def test_only_changed_cells_are_sent() -> None:
    painter = Painter(ColorSystem.TRUECOLOR)
    first = painter.paint(_frame("load 1.25 of 8", "mem  40 %     "))
    assert first == "\x1b[Hload 1.25 of 8\x1b[2Hmem  40 %     "
    assert painter.paint(_frame("load 1.25 of 8", "mem  40 %     ")) == ""
    assert painter.paint(_frame("load 1.31 of 8", "mem  40 %     ")) == "\x1b[1;8H31"
    assert painter.paint(_frame("Load 1.31 of 9", "mem  40 %     ")) == "\x1b[HL\x1b[12C9"


def test_a_wide_glyph_is_sent_whole_and_the_cursor_known_after_it() -> None:
    painter = Painter(ColorSystem.TRUECOLOR)
    painter.paint(LayoutUpdate([[Strip([Segment("日 a b c d")])]], Region(0, 0, 10, 1)))
    frame = painter.paint(LayoutUpdate([[Strip([Segment("本 a b c e")])]], Region(0, 0, 10, 1)))
    assert frame == "\x1b[H本\x1b[7Ce"


def test_a_glyph_of_doubtful_width_is_blanked_first_and_moved_after() -> None:
    painter = Painter(ColorSystem.TRUECOLOR)
    painter.paint(LayoutUpdate([[Strip([Segment("xxxx y")])]], Region(0, 0, 6, 1)))
    frame = painter.paint(LayoutUpdate([[Strip([Segment("😀xx z")])]], Region(0, 0, 6, 1)))
    assert frame == "\x1b[H  \x1b[H😀\x1b[1;3Hxx z"


def test_what_a_terminal_would_obey_is_not_sent_even_without_the_filter() -> None:
    painter = Painter(ColorSystem.TRUECOLOR)
    frame = painter.paint(
        LayoutUpdate(
            [[Strip([Segment("a\x1b]52;c;eA==\x07b\x9b2Jc\u202ed")])]], Region(0, 0, 40, 1)
        )
    )
    assert frame.count("\x1b") == 1
    assert frame.startswith("\x1b[H")
    assert not any(char in frame for char in "\x07\x9b\u202e")


def test_another_textual_means_the_stock_path() -> None:
    assert diff_supported() == ""
    assert "9.0.0" in diff_supported("9.0.0")


async def test_without_the_diff_frames_go_the_stock_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.shell.display._KNOWN", ("0.1.",))
    app = Stage()
    async with app.run_test(size=(40, 12)) as pilot:
        assert not app.diff_active
        assert "0.1.x" in app.diff_reason
        app.query_one("#one", Static).update("seen")
        await pilot.pause()
        terminal = Emulator(40, 12)
        terminal.feed("".join(app.sent))
        assert any("seen" in line for line in terminal.lines())


async def test_frames_are_held_while_the_terminal_is_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Stage()
    pending = 0
    monkeypatch.setattr(app, "output_pending", lambda: pending)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        terminal = Emulator(60, 20)
        terminal.feed("".join(app.sent))
        app.sent.clear()
        pending = 100_000
        for number in range(50):
            app.query_one("#one", Static).update(f"number {number}")
            await pilot.pause()
        assert app.sent == []
        assert app.frames_held > 0
        pending = 0
        assert await _settled(pilot, app, terminal)
        assert any("number 49" in line for line in terminal.lines())


async def test_what_changed_is_drawn_in_one_go_when_asked() -> None:
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        terminal = Emulator(80, 24)
        terminal.feed("".join(app.sent))
        for lines in app.query(Lines):
            lines.sort()
        app.sent.clear()
        app.show_now()  # it takes no message of a widget, and no timer
        assert app.sent
        terminal.feed("".join(app.sent))
        assert terminal.cells() == _expected(app).cells()
        app.sent.clear()
        app.show_now()
        await pilot.pause()
        assert not app.sent, "nothing changed since"


async def test_a_new_layout_is_left_to_its_turn() -> None:
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        terminal = Emulator(80, 24)
        terminal.feed("".join(app.sent))
        app.sent.clear()
        app.query_one(Lines).sort()
        app.query_one("#one", Static).update("of another height\nby far\nthan before")
        app.show_now()
        assert not app.sent
        await pilot.pause()
        terminal.feed("".join(app.sent))
        assert terminal.cells() == _expected(app).cells()
