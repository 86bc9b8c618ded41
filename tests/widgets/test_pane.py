"""The frame of a pane says how old its data is, and shows it across the room."""

from textual.app import App, ComposeResult
from textual.containers import Horizontal

from opsconsole.model import State
from tests.widgets.table.bench import COLUMNS, rows
from widgets.pane import PaneFrame
from widgets.table import LiveTable


class Counted(LiveTable):
    drawn = 0

    def render_lines(self, crop):  # type: ignore[no-untyped-def]
        self.drawn += 1
        return super().render_lines(crop)


class Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.table = Counted(COLUMNS)
        self.frame = PaneFrame(self.table, title="hosts [/]")
        self.other = PaneFrame(LiveTable(COLUMNS), title="other")

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.frame
            yield self.other


async def test_each_state_is_said_with_its_age() -> None:
    app = Bench()
    async with app.run_test(size=(160, 20)):
        frame = app.frame
        assert frame.title_text == " hosts [/]  waiting "
        for state, age, why, words in (
            (State.LIVE, 1.4, "", "live 1 s"),
            (State.LIVE, 1.4, "3 silent", " 3 silent  live 1 s"),
            (State.STALE, 42.0, "", "stale 42 s"),
            (State.FAULT, 123.0, "no route to web-1", "fault: no route to web-1 2m 3s"),
            (State.FAULT, None, "refused", "fault: refused"),
            (State.EMPTY, 3.0, "", "empty 3 s"),
        ):
            frame.set_state(state, age, why)
            assert frame.title_text.endswith(f" {words} ")
            assert frame.has_class("-stale") is (state in (State.STALE, State.FAULT))
        frame.set_count("37 of 1000")
        frame.set_filter("web")
        assert frame.title_text == " hosts [/]  37 of 1000  /web  empty 3 s "


async def test_age_is_drawn_without_the_content_and_stale_with_it() -> None:
    app = Bench()
    async with app.run_test(size=(160, 20)) as pilot:
        app.table.put(rows(30))
        app.frame.set_state(State.LIVE, 1.0)
        await pilot.pause()
        fresh = app.screen.get_style_at(5, 3)
        before = app.table.drawn
        widths = [app.frame.query_one("PaneTitle").size.width]
        app.frame.set_state(State.LIVE, 2.0)
        await pilot.pause()
        title = app.frame.query_one("PaneTitle").render_line(0)
        assert title.text.endswith(" live 2 s ")
        assert title.cell_length == widths[0]
        ages_drawn = app.table.drawn - before
        app.frame.set_state(State.STALE, 42.0)
        await pilot.pause()
        assert app.frame.query_one("PaneTitle").render_line(0).text.count("░") > 10
        assert app.screen.get_style_at(5, 3).color != fresh.color
        assert ages_drawn <= 1
        app.frame.set_state(State.LIVE, 0.0)
        await pilot.pause()
        assert app.screen.get_style_at(5, 3).color == fresh.color


async def test_zoom_gives_the_whole_screen_and_the_place_back() -> None:
    app = Bench()
    async with app.run_test(size=(160, 20)) as pilot:
        app.table.focus()
        assert app.frame.toggle_zoom()
        await pilot.pause()
        assert app.frame.size.width == 160
        assert not app.frame.toggle_zoom()
        await pilot.pause()
        assert app.frame.size.width == 80
