"""The list of what happened: its cursor, its lanes, and how little of it is drawn."""

from rich.cells import cell_len
from textual.app import App, ComposeResult

from opsconsole.alert import Occurrence
from opsconsole.model import Level
from tests.timeline.scene import T0, alert, it
from widgets.timeline import CACHED, LANES_FROM, TimelineView, clock

MANY = [alert(at, f"t{at % 9}", f"Alert {at}") for at in range(2000)]


class _Shown(App[None]):
    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.view = TimelineView(ascii_only=ascii_only)
        self.opened: list[Occurrence] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()

    def on_timeline_view_opened(self, event: TimelineView.Opened) -> None:
        self.opened.append(event.occurrence)

    @property
    def lines(self) -> list[str]:
        return [self.view.render_line(y).text for y in range(self.view.size.height)]


async def test_it_follows_the_end_until_one_looks_elsewhere() -> None:
    app = _Shown()
    async with app.run_test(size=(80, 10)) as pilot:
        app.view.show(MANY[:100])
        await pilot.pause()
        assert app.view.current == MANY[99]
        app.view.show(MANY[:150])
        await pilot.pause()
        assert app.view.current == MANY[149]
        assert "Alert 149" in app.lines[-1]
        await pilot.press("k")
        app.view.show(MANY[10:200])
        await pilot.pause()
        assert app.view.current == MANY[148]
        assert any("Alert 148" in line for line in app.lines)
        await pilot.press("G")
        app.view.show(MANY[:300])
        assert app.view.current == MANY[299]


async def test_the_keys_of_a_list_move_it() -> None:
    app = _Shown()
    async with app.run_test(size=(80, 11)) as pilot:
        app.view.show(MANY[:100])
        where: list[int] = []
        for key in ("home", "j", "pagedown", "ctrl+d", "ctrl+u", "pageup", "k", "end"):
            await pilot.press(key)
            assert app.view.current is not None
            where.append(int(app.view.current.at - T0))
        assert where == [0, 1, 11, 16, 11, 1, 0, 99]
        await pilot.press("enter")
        assert app.opened == [MANY[99]]
        await pilot.double_click(app.view, offset=(10, 3))
        assert app.opened[1:] == [MANY[92]]


async def test_what_the_cursor_was_on_may_be_gone() -> None:
    app = _Shown()
    async with app.run_test(size=(80, 11)) as pilot:
        app.view.show(MANY[:100])
        await pilot.press("home")
        app.view.show(MANY[50:100])
        assert app.view.current == MANY[50]
        app.view.show([])
        assert app.view.current is None
        await pilot.press("j", "k", "pageup", "end", "enter")
        assert app.opened == []
        assert "nothing happened" in app.lines[2]


async def test_only_what_is_in_sight_is_drawn() -> None:
    app = _Shown()
    async with app.run_test(size=(80, 30)) as pilot:
        app.view.show(MANY)
        await pilot.pause()
        assert app.view.lines_kept <= app.view.page
        await pilot.press("home", *["pagedown"] * 40)
        assert app.view.lines_kept <= CACHED


async def test_lanes_stand_where_there_is_room() -> None:
    names = [f"t{at}" for at in range(9)]
    app = _Shown()
    async with app.run_test(size=(LANES_FROM - 1, 10)) as pilot:
        app.view.show(MANY[:50], names)
        assert app.view.lanes == ()
        await pilot.resize_terminal(140, 10)
        await pilot.pause()
        assert app.view.lanes == tuple(names[: len(app.view.lanes)])
        assert 3 <= len(app.view.lanes) <= 9
        await pilot.resize_terminal(400, 10)
        await pilot.pause()
        assert app.view.lanes == tuple(names)
        assert all(cell_len(line) == 399 for line in app.lines), "all but the scroll bar"
        line = next(line for line in app.lines if "Alert 46" in line)
        assert line.count("X▲") == 2, "at its time, and in its lane"
        assert line.index("X▲", 20) == app.lines[0].index("t1")


async def test_the_cause_is_marked_and_nothing_is_told_by_colour_alone() -> None:
    happened = [
        it(0, "alert", "a", "bad", Level.CRIT),
        it(1, "alert", "a", "odd", Level.WARN),
        it(2, "alert", "a", "gone", Level.UNKNOWN),
        it(3, "clear", "a", "good", Level.OK),
        it(4, "note", "", "words", Level.OK, "thing"),
    ]
    for ascii_only, marks in ((True, [">", "XA", "!A", "?A", " c"]), (False, ["»", "X▲", "!▲"])):
        app = _Shown(ascii_only=ascii_only)
        async with app.run_test(size=(80, 10)):
            app.view.show(happened, cause=happened[0])
            assert app.lines[1].startswith(marks[0])
            for line, mark in zip(app.lines[1:], marks[1:], strict=False):
                assert mark in line
            assert "- " in app.lines[5]
            assert "thing: words" in app.lines[5]
            assert all(line.isascii() for line in app.lines) is ascii_only


async def test_long_stretches_have_dates() -> None:
    app = _Shown()
    async with app.run_test(size=(80, 10)):
        app.view.show(MANY[:1], span_s=86400.0)
        assert clock(T0, dated=True) in app.lines[1]
    assert clock(float("inf")) == "?       "
