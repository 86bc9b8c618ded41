"""What one reads stays where it is; what is added below is seen by those who follow."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from opsconsole.clean import clean
from widgets.text import Dress, TextLine, TextView


class Reader(App[None]):
    """An app around one text."""

    def __init__(self, view: TextView) -> None:
        super().__init__()
        self.view = view
        self.missing: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()

    def on_text_view_nothing(self, event: TextView.Nothing) -> None:
        self.missing.append(event.wanted)


@asynccontextmanager
async def shown(
    view: TextView, size: tuple[int, int] = (40, 10)
) -> AsyncGenerator[tuple[Reader, Pilot[None]]]:
    app = Reader(view)
    async with app.run_test(size=size) as pilot:
        yield app, pilot


def numbered(start: int, end: int) -> list[TextLine]:
    return [TextLine(clean(f"line {n}")) for n in range(start, end)]


def rows(view: TextView) -> list[str]:
    region = Region(0, 0, view.size.width, view.size.height)
    return [strip.text.rstrip() for strip in view.render_lines(region)]


async def test_what_one_reads_stays_when_more_comes() -> None:
    view = TextView()
    async with shown(view) as (_, pilot):
        view.add(numbered(0, 100))
        await pilot.press("pagedown")
        before = rows(view)
        assert before[0] == "line 9"
        view.add(numbered(100, 200))
        await pilot.pause()
        assert rows(view) == before


async def test_who_follows_sees_the_end_until_he_goes_up() -> None:
    view = TextView(follow=True)
    async with shown(view) as (_, pilot):
        view.add(numbered(0, 100))
        await pilot.pause()
        assert rows(view)[-1] == "line 99"
        await pilot.press("k")
        view.add(numbered(100, 110))
        await pilot.pause()
        assert rows(view)[-1] == "line 98"
        await pilot.press("f")
        assert rows(view)[-1] == "line 109"


async def test_what_one_reads_stays_when_the_oldest_go() -> None:
    view = TextView()
    view.lines = type(view.lines)(limit=60_000)
    async with shown(view) as (_, pilot):
        view.add(numbered(0, 400))
        await pilot.press("end")
        before = rows(view)
        view.add(numbered(400, 500))
        await pilot.pause()
        assert view.lines.dropped
        assert rows(view) == before


async def test_long_lines_are_cut_or_wrapped_and_every_row_has_the_width() -> None:
    view = TextView()
    async with shown(view) as (_, pilot):
        view.add([TextLine(clean("a" * 90 + "z")), TextLine(clean("長" * 50)), *numbered(0, 3)])
        await pilot.pause()
        width = view.size.width
        assert rows(view)[0] == "a" * width
        await pilot.press(*["right"] * 4)
        assert rows(view)[0].endswith("z")
        await pilot.press("W")
        assert rows(view)[0] == "a" * width
        assert "".join(rows(view)[:3]).endswith("z")
        region = Region(0, 0, width, view.size.height)
        assert {cell_len(strip.text) for strip in view.render_lines(region)} == {width}
        assert view.rows > 5


async def test_searching_goes_to_the_next_and_says_when_there_is_none() -> None:
    view = TextView()
    async with shown(view) as (app, pilot):
        view.add(numbered(0, 100))
        view.search("7")
        await pilot.pause()
        assert rows(view)[0] == "line 7"
        await pilot.press("n")
        assert rows(view)[0] == "line 17"
        await pilot.press("N", "N")
        assert rows(view)[-1] == "line 99"
        view.search("nowhere")
        await pilot.pause()
        assert app.missing == ["nowhere"]


async def test_errors_and_bookmarks_are_gone_to() -> None:
    view = TextView(Dress(log=True))
    async with shown(view) as (app, pilot):
        await pilot.press("e", "apostrophe")
        view.add([*numbered(0, 50), TextLine(clean("ERROR no disk")), *numbered(50, 100)])
        await pilot.press("e")
        assert rows(view)[0] == "ERROR no disk"
        await pilot.press("m", "home", "apostrophe")
        assert rows(view)[0] == "ERROR no disk"
        assert app.missing == ["bookmark"]


async def test_a_filter_keeps_the_place_and_is_taken_back() -> None:
    view = TextView()
    async with shown(view) as (_, pilot):
        view.add(numbered(0, 100))
        view.set_filter("5")
        await pilot.pause()
        assert rows(view)[:3] == ["line 5", "line 15", "line 25"]
        view.set_filter("")
        await pilot.pause()
        assert view.rows == 100
        assert view.plain.count("\n") == 99


async def test_hostile_text_is_drawn_without_what_a_terminal_obeys() -> None:
    view = TextView(Dress(log=True))
    async with shown(view) as (_, pilot):
        view.add([TextLine(clean("\x1b[31mred[/] [bold]x"))])
        await pilot.pause()
        assert rows(view)[0] == clean("\x1b[31mred[/] [bold]x")
