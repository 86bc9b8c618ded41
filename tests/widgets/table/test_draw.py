"""Every line is exactly as wide as the table, says what it should, and is drawn only when due."""

import pytest
from rich.cells import cell_len
from textual.geometry import Region
from textual.strip import Strip

from opsconsole.clean import clean
from opsconsole.model import Column, Level, Limits, Quantity, Row
from tests.widgets.table.bench import COLUMNS, row, rows, shown
from widgets.format import ASCII, ages_by
from widgets.table import LiveTable
from widgets.table.view import CACHED_LINES

HOSTILE = (
    "[/]",
    "[red]red[/red]",
    "[@click=app.bell]here[/]",
    "\x1b[31mred\x1b[0m\x1b]52;c;eA==\x07",
    "tab\tnew\nline\r",
    "\u202eright to left",
    "e\u0301\u0301\u0301\u0301",
    "日本語ホスト",
    "👩‍👩‍👧‍👦 family",
    "\ud800 lone",
)


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (20, 6), (5, 4), (400, 20)])
async def test_every_line_is_exactly_as_wide_as_the_table(size: tuple[int, int]) -> None:
    live = LiveTable(COLUMNS, trend=lambda _id, _key: [1.0, float("nan"), 50.0])
    async with shown(live, size) as (app, pilot):
        live.put(rows(100))
        live.put({f"x{at}": row(at, name=text) for at, text in enumerate(HOSTILE)})
        live.put({"long": row(1, name="長" * 90, note="a" * 300)})
        live.adorn(levels={"h1": Level.CRIT}, dim={"h2"})
        width = size[0] - 1  # the scroll bar covers what stands below it
        for keys in ("end", "space", "w", "right", "right", "right", "right", "left", "V", "up"):
            await pilot.press(keys)
            assert {cell_len(line) for line in app.lines()} == {width}, keys
            assert all(strip.cell_length == width for strip in strips(live))


def strips(live: LiveTable) -> list[Strip]:
    return live.render_lines(Region(0, 0, live.size.width, live.size.height))


async def test_hostile_text_is_drawn_as_it_was_cleaned() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live, (160, 30)) as (app, pilot):
        live.put({f"x{at}": row(at, name=text) for at, text in enumerate(HOSTILE)})
        await pilot.pause()
        drawn = "\n".join(app.lines())
        for text in HOSTILE:
            assert str(clean(text)) in drawn
        for style in (segment.style for y in range(30) for segment in live.render_line(y)):
            assert style is None or not style.meta


async def test_text_that_was_never_cleaned_cannot_reach_the_terminal_either() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live) as (app, _pilot):
        raw: Row = ("\x1b[2J\n", "\x07", None, 0, "\x9b31m")  # type: ignore[assignment]
        live.put({"x": raw})
        assert not {"\x1b", "\x07", "\x9b", "\n"} & set("".join(app.lines()))


async def test_values_signs_and_sort_mark_stand_in_the_lines() -> None:
    live = LiveTable(COLUMNS, sort="-cpu_percent", trend=lambda _id, _key: [0.0, 100.0])
    async with shown(live, (120, 12)) as (app, _pilot):
        live.put({"a": row(1, 96.0), "b": row(3, 85.0), "c": row(4, None)})
        live.adorn(levels={"a": Level.CRIT, "b": Level.WARN}, dim={"c"})
        header, *body = app.lines()
        assert "CPU%▼" in header
        assert body[0].startswith(">Xweb-1")
        assert "X96.0%" in body[0]
        assert "▁█" in body[0]
        assert body[1].startswith(" !web-3")
        assert "X failed" in body[1]
        assert body[2].startswith(" ░web-4")


async def test_no_glyph_beyond_ascii_when_the_terminal_has_none() -> None:
    live = LiveTable(COLUMNS, glyphs=ASCII, sort="name", trend=lambda _id, _key: [0.0, 100.0])
    async with shown(live, (40, 8)) as (app, pilot):
        live.put({"a": row(1, 99.0, note="n" * 90), "b": row(2, 1e9)})
        live.adorn(dim={"b"})
        await pilot.press("right")
        assert all(line.isascii() for line in app.lines())


async def test_numbers_stand_whole_or_not_at_all_at_the_right_edge() -> None:
    columns = [Column(f"c{at}", "C", Quantity.COUNT, "a test") for at in range(12)]
    live = LiveTable(columns)
    async with shown(live, (40, 5)) as (app, pilot):
        live.put({"a": tuple(1234567 for _ in columns)})
        for _ in range(14):
            numbers = app.lines()[1][2:].split()
            assert set(numbers) == {"1234567"}
            await pilot.press("right")
        assert app.lines()[0].startswith("‹")


async def test_a_wide_terminal_uses_its_room() -> None:
    live = LiveTable(COLUMNS, trend=lambda _id, _key: [float(at) for at in range(100)])
    async with shown(live, (400, 5)) as (app, _pilot):
        live.put({"a": row(1, note="n" * 200)})
        assert "n" * 200 in app.lines()[1]
        assert app.lines()[1].count("█") + app.lines()[1].count("▇") > 10


async def test_empty_tables_say_why() -> None:
    live = LiveTable(COLUMNS)
    live.empty = "no failed units"
    async with shown(live) as (app, _pilot):
        assert "no failed units" in app.lines()[2]
        live.put(rows(10))
        live.set_filter("nothing like it")
        assert "none of 10 passes the filter nothing like it" in app.lines()[2]


class Counting(LiveTable):
    """Counts what is drawn and which regions are asked for."""

    drawn = 0
    asked: list[Region]

    def __init__(self) -> None:
        self.asked = []
        super().__init__(COLUMNS)

    def render_line(self, y: int) -> Strip:
        self.drawn += 1
        return super().render_line(y)

    def refresh(self, *regions: Region, **options: bool) -> "Counting":
        self.asked += regions or (Region(-1, -1, 0, 0),)
        super().refresh(*regions, **options)
        return self


async def test_put_refreshes_only_cells_that_changed_and_are_in_sight() -> None:
    live = Counting()
    async with shown(live) as (_app, pilot):
        live.put(rows(5000))
        await pilot.pause()
        live.asked.clear()
        live.put({f"h{at}": row(at, 50.0) for at in range(3000, 5000)})
        assert live.asked == [], "out of sight"
        live.put({"h2": row(2, 2.0)})
        assert live.asked == [], "the same values"
        live.put({"h2": row(2, 2.04)})
        assert live.asked == [], "another value that is written the same"
        live.put({"h2": row(2, 55.0), "h4": row(4, 66.0)})
        place = next(p for p in live.places if p.head.key == "cpu_percent")
        assert live.asked == [Region(place.x, y, place.width, 1) for y in (3, 5)]


async def test_unchanged_lines_are_the_same_strips_again() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live) as (_app, _pilot):
        live.put(rows(100))
        whole = Region(0, 0, live.size.width, live.size.height)
        first = live.render_lines(whole)
        live.put({"h2": row(2, 55.0)})
        second = live.render_lines(whole)
        changed = [
            y for y, pair in enumerate(zip(first, second, strict=True)) if pair[0] is not pair[1]
        ]
        assert changed == [3]


async def test_lines_below_the_last_row_are_one_strip_until_they_look_otherwise() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live, (80, 24)) as (app, pilot):
        live.put(rows(3))
        app.lines()
        blank = live.render_line(10)
        assert live.render_line(11) is blank
        app.theme = "textual-light"
        await pilot.pause()
        app.lines()
        light = live.render_line(10)
        (before,), (after,) = blank, light
        assert before.style
        assert after.style
        assert before.style.bgcolor != after.style.bgcolor
        await pilot.resize_terminal(60, 24)
        app.lines()
        narrow = live.render_line(10).cell_length
        assert narrow == live.render_line(0).cell_length < light.cell_length


async def test_lines_kept_are_bounded_and_forgotten_with_the_styles() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live, (80, 50)) as (app, pilot):
        live.put(rows(5000))
        for top in range(0, 4900, 45):
            live.scroll_to(y=top, animate=False, force=True)
            app.lines()
        assert live.lines_kept == CACHED_LINES
        line = live.render_line(1)
        app.theme = "textual-light"
        await pilot.pause()
        assert live.render_line(1) is not line
        assert live.render_line(1).text == line.text


async def test_limits_colour_and_sign_go_together() -> None:
    columns = (
        Column("name", "NAME", Quantity.TEXT, "a test"),
        Column("free", "FREE", Quantity.PERCENT, "a test", Limits(20, 5, "a test")),
    )
    live = LiveTable(columns)
    async with shown(live) as (_app, _pilot):
        live.put({"a": (clean("a"), 50.0), "b": (clean("b"), 10.0), "c": (clean("c"), 1.0)})
        plain = live.render_line(2).text
        assert "!10.0%" in plain
        crit = [s for s in live.render_line(3) if "X1.0%" in s.text]
        assert crit[0].style
        assert crit[0].style.reverse
        assert crit[0].style.bold


async def test_an_age_goes_on_while_nothing_is_put() -> None:
    clock = [1000.0]
    live = LiveTable((*COLUMNS[:1], Column("born", "AGE", Quantity.SINCE, "a test")))
    ages_by(lambda: clock[0])
    try:
        async with shown(live, (80, 24)) as (app, pilot):
            live.put({"a": (clean("a"), 990.0), "b": (clean("b"), None)})
            await pilot.pause()
            assert "10 s" in app.lines()[1]
            clock[0] += 60.0
            live.grow_older()
            await pilot.pause()
            assert "1m 10s" in app.lines()[1]
            drawn = live.render_line(1)
            live.grow_older()
            assert live.render_line(1) is drawn, "drawn again without need"
    finally:
        ages_by()
