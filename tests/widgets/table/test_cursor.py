"""The cursor stays with its object; holding still means that nothing moves."""

import asyncio

from textual.events import MouseScrollDown

from tests.widgets.table.bench import COLUMNS, row, rows, shown
from widgets.table import LiveTable


def table(sort: str = "-cpu_percent") -> LiveTable:
    return LiveTable(COLUMNS, sort=sort)


async def test_cursor_follows_its_object_when_rows_are_sorted_again() -> None:
    async with shown(table()) as (_app, pilot):
        live = pilot.app.query_one(LiveTable)
        live.put(rows(50))
        await pilot.press("j", "j")
        assert live.cursor_id == "h47"
        live.sort_by("cpu_percent")
        assert live.cursor_id == "h47"
        await pilot.pause()
        y = live.data.order.index("h47") - live.top + 1
        assert live.render_line(y).text.startswith("> web-47")


async def test_cursor_rests_on_the_first_row_until_it_is_moved() -> None:
    async with shown(table()) as (_app, pilot):
        live = pilot.app.query_one(LiveTable)
        live.put(rows(10))
        assert live.cursor_id == "h9"
        live.sort_by("cpu_percent")
        assert live.cursor_id == "h0"
        await pilot.press("home")
        live.sort_by("-cpu_percent")
        assert live.cursor_id == "h0"


async def test_cursor_is_on_nothing_when_its_object_goes_and_comes_back_with_it() -> None:
    async with shown(table("")) as (app, pilot):
        live = app.table
        live.put(rows(10))
        await pilot.press("j", "j")
        live.put({}, gone=["h2"])
        await pilot.pause()
        assert live.cursor_id is None
        assert [getattr(message, "row_id", "") for message in app.heard] == ["h2"]
        await pilot.press("enter")
        assert len(app.heard) == 1, "nothing is opened in the place of what is gone"
        assert app.lines()[3].startswith("? web-3")
        live.put({"h2": row(2)})
        live.sort_by("name")
        assert live.cursor_id == "h2"


async def test_from_a_gone_object_down_goes_to_what_took_its_place() -> None:
    async with shown(table("")) as (app, pilot):
        live = app.table
        live.put(rows(10))
        await pilot.press("j", "j")
        live.put({}, gone=["h2"])
        await pilot.press("j")
        assert live.cursor_id == "h3"
        live.put({}, gone=["h3"])
        await pilot.press("k")
        assert live.cursor_id == "h1"
        assert not app.lines()[3].startswith("?")


async def test_cursor_follows_under_a_filter_and_restarts_when_filtered_out() -> None:
    async with shown(table("name")) as (app, pilot):
        live = app.table
        live.put(rows(50))
        await pilot.press("end")
        assert live.cursor_id == "h49"
        live.set_filter("9")
        assert live.cursor_id == "h49"
        live.set_filter("web-1")
        assert live.cursor_id == "h1"
        assert live.counts == (11, 50)
        assert live.summary == "11 of 50"


async def test_nothing_moves_while_paused_and_all_is_there_afterwards() -> None:
    async with shown(table()) as (app, pilot):
        live = app.table
        live.put(rows(30))
        await pilot.pause()
        live.paused = True
        before = app.lines()
        live.put({"h1": row(1, 99.0), "new": row(77, 98.0)}, gone=["h5"])
        live.put({"h6": row(6, 97.0)}, gone=["h7"])
        live.put({"h7": row(7, 96.5)})
        live.adorn(dim={"h20"})
        await pilot.pause(0.05)
        assert app.lines() == before
        assert live.counts == (30, 30)
        live.paused = False
        assert live.data.order[:4] == ["h1", "new", "h6", "h7"]
        assert "h5" not in live.data.order
        assert any("░web-20" in line for line in app.lines())


async def test_paused_replace_is_whole_afterwards() -> None:
    async with shown(table("")) as (app, _pilot):
        live = app.table
        live.replace({"a": row(1), "b": row(2)})
        live.paused = True
        live.replace({"c": row(3), "b": row(2)})
        live.replace({"d": row(4), "c": row(3)})
        assert live.data.order == ["a", "b"]
        live.paused = False
        assert live.data.order == ["d", "c"]


async def test_frozen_order_stays_while_values_go_on() -> None:
    async with shown(table()) as (app, _pilot):
        live = app.table
        live.put(rows(10))
        order = list(live.data.order)
        live.freeze()
        live.freeze()
        live.put({"h0": row(0, 99.0), "new": row(50, 98.0)}, gone=["h9"])
        live.thaw()
        assert live.data.order == order
        assert any("99.0%" in line for line in app.lines())
        live.thaw()
        assert live.data.order[:2] == ["h0", "new"]
        assert "h9" not in live.data.order


async def test_rows_are_sorted_again_at_most_every_two_seconds_unless_asked() -> None:
    class Quick(LiveTable):
        sort_every = 0.3

    live = Quick(COLUMNS, sort="-cpu_percent")
    async with shown(live) as (_app, pilot):
        live.put(rows(5))
        order = list(live.data.order)
        live.put({"h0": row(0, 90.0)})
        live.put({"h1": row(1, 95.0), "late": row(9, 99.0)})
        assert live.data.order == [*order, "late"], "new rows wait at the end for their turn"
        for _ in range(200):
            if live.data.order[0] == "late":
                break
            await asyncio.sleep(0.05)
        assert live.data.order == ["late", "h1", "h0", "h4", "h3", "h2"]
        live.put({"h2": row(2, 99.5)})
        await pilot.press("I", "I")
        assert live.data.order[0] == "h2"


async def test_cursor_out_of_sight_is_shown_before_it_is_opened() -> None:
    async with shown(table("")) as (app, pilot):
        live = app.table
        live.put(rows(100))
        await pilot.press("j")
        live.scroll_to(y=60, animate=False, force=True)
        await pilot.press("enter")
        assert not app.heard
        assert live.top <= 1
        await pilot.press("enter")
        await pilot.pause()
        assert [getattr(message, "row_id", "") for message in app.heard] == ["h1"]


async def test_the_screen_goes_with_the_cursor_through_sizes_and_orders() -> None:
    async with shown(table("name"), size=(80, 60)) as (app, pilot):
        live = app.table
        live.put(rows(500))
        assert live.move_to("h40")
        for at in range(6):
            await pilot.resize_terminal(80, 60 if at % 2 else 10)
            assert live.cursor_id == "h40"
            assert any(line.startswith("> web-40 ") for line in app.lines())
        await pilot.resize_terminal(80, 10)
        live.sort_by("-name")
        await pilot.pause()
        assert any(line.startswith("> web-40 ") for line in app.lines())


async def test_the_screen_stays_where_the_operator_scrolled_until_the_cursor_is_there() -> None:
    async with shown(table("name"), size=(80, 12)) as (app, pilot):
        live = app.table
        live.put(rows(100))
        assert live.move_to("h3")
        for _ in range(20):
            live.post_message(MouseScrollDown(live, 5, 5, 0, 1, 0, False, False, False))
        await pilot.pause()
        assert live.top > 10
        top = live.top
        live.sort_by("-name")
        await pilot.resize_terminal(80, 14)
        assert (live.top, live.cursor_id) == (top, "h3")
        live.sort_by("name")
        await pilot.press("j")
        assert live.cursor_id == "h4"
        assert live.top <= 4
        live.sort_by("-name")
        await pilot.pause()
        assert any(line.startswith("> web-4 ") for line in app.lines())
