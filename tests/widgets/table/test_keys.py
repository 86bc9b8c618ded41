"""Keys and mouse: moving, marking, sorting, columns."""

from functools import partial

import pytest

from tests.widgets.table.bench import COLUMNS, row, rows, shown
from widgets.filter import FilterError
from widgets.table import WORST, LiveTable


@pytest.mark.parametrize(
    ("keys", "row_id"),
    [
        ("j", "h1"),
        ("down down up", "h1"),
        ("G", "h99"),
        ("end k", "h98"),
        ("pagedown", "h23"),
        ("pagedown pagedown pageup", "h23"),
        ("ctrl+d", "h11"),
        ("G home", "h0"),
        ("ctrl+d ctrl+u", "h0"),
        ("k", "h0"),
    ],
)
async def test_moving(keys: str, row_id: str) -> None:
    live = LiveTable(COLUMNS)
    async with shown(live) as (_app, pilot):
        live.put(rows(100))
        await pilot.press(*keys.split())
        assert live.cursor_id == row_id
        assert live.top <= live.data.order.index(row_id) < live.top + live.page


async def test_marks_survive_the_filter_and_are_counted() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live) as (app, pilot):
        live.put(rows(20))
        await pilot.press("space", "space")
        assert live.marked == {"h0", "h1"}
        assert app.lines()[1].startswith("* web-0")
        live.set_filter("web-1")
        await pilot.press("asterisk")
        assert live.marked == {"h0", "h1", *(f"h1{at}" for at in range(10))}
        assert live.hidden_marked == 1
        assert live.summary == "11 of 20, 12 marked (1 hidden)"
        live.put({}, gone=["h0"])
        assert live.hidden_marked == 0
        await pilot.press("U")
        assert not live.marked


async def test_a_range_holds_still_until_it_is_marked() -> None:
    live = LiveTable(COLUMNS, sort="-cpu_percent")
    async with shown(live) as (app, pilot):
        live.put(rows(20))
        await pilot.press("j", "V", "j", "j")
        live.put({"h0": row(0, 99.0), "new": row(5, 98.0)})
        assert [line[0] for line in app.lines()[1:6]] == [" ", "+", "+", "+", " "]
        await pilot.press("V")
        assert live.marked == {"h18", "h17", "h16"}
        assert live.data.order[:2] == ["h0", "new"]


async def test_escape_drops_a_range_and_is_nobodys_otherwise() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live) as (_app, pilot):
        live.put(rows(20))
        await pilot.press("V", "j", "escape", "V", "V")
        assert live.marked == {"h1"}
        assert not live.check_action("drop_range", ())


async def test_a_range_is_dropped_by_a_new_order_or_filter() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live) as (app, pilot):
        live.put(rows(20))
        for change in (partial(live.set_filter, "web-1"), partial(live.sort_by, "-name")):
            await pilot.press("V", "j")
            change()
            assert not any(line.startswith("+") for line in app.lines())
        assert live.data.order[0] == "h19"
        await pilot.press("V", "V")
        assert len(live.marked) == 1


async def test_sort_keys_step_over_columns_and_invert() -> None:
    live = LiveTable(COLUMNS, sort=WORST)
    async with shown(live) as (app, pilot):
        live.put(rows(5))
        await pilot.press("greater_than_sign")
        assert live.sort == "name"
        await pilot.press("greater_than_sign", "greater_than_sign")
        assert live.sort == "-cpu_percent"
        await pilot.press("greater_than_sign")
        assert live.sort == "-memory_bytes", "a spark column is not sorted by"
        await pilot.press("less_than_sign", "I")
        assert live.sort == "cpu_percent"
        assert "CPU%▲" in app.lines()[0]
        await pilot.press("s", "c")
        await pilot.pause()
        assert [type(message) for message in app.heard] == [
            LiveTable.SortRequested,
            LiveTable.ColumnsRequested,
        ]


async def test_mouse_chooses_opens_and_sorts() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live) as (app, pilot):
        live.put(rows(40))
        await pilot.click(live, offset=(5, 4))
        assert live.cursor_id == "h3"
        await pilot.click(live, offset=(5, 6), times=2)
        await pilot.pause()
        assert [getattr(message, "row_id", "") for message in app.heard] == ["h5"]
        await pilot.click(live, offset=(5, 0))
        assert live.sort == "name"
        await pilot.click(live, offset=(5, 0))
        assert live.sort == "-name"


async def test_columns_scroll_beside_the_first() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live, (40, 6)) as (app, pilot):
        live.put(rows(3))
        assert "NAME" in app.lines()[0]
        assert app.lines()[0].endswith("›")
        assert live.places[-1].x + live.places[-1].width < 39, "no title under the sign"
        await pilot.press("right", "right")
        assert "NAME" in app.lines()[0]
        assert "STATE" not in app.lines()[0]
        await pilot.press(*["right"] * 9)
        assert "NOTE" in app.lines()[0]
        await pilot.press(*["left"] * 9)
        assert "STATE" in app.lines()[0]


async def test_shown_columns_can_be_chosen_and_unknown_ones_are_refused() -> None:
    live = LiveTable(COLUMNS, shown=["name", "note"])
    async with shown(live) as (app, _pilot):
        live.put(rows(3))
        assert app.lines()[0].split() == ["NAME", "NOTE"]
        live.set_shown(["cpu_percent", "name"])
        assert app.lines()[0].split() == ["CPU%", "NAME"]
        with pytest.raises(KeyError):
            live.set_shown(["nosuch"])


async def test_other_columns_start_afresh() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live) as (app, pilot):
        live.put(rows(3))
        live.set_filter("web-1")
        await pilot.press("space")
        live.set_columns(COLUMNS[:2], sort="name")
        assert (live.counts, live.marked, live.filter_text) == ((0, 0), frozenset(), "")
        live.put({"a": row(1)[:2]})
        assert app.lines()[0].split() == ["NAME▲", "STATE"]


async def test_a_filter_that_makes_no_sense_changes_nothing() -> None:
    live = LiveTable(COLUMNS)
    async with shown(live) as (_app, _pilot):
        live.put(rows(20))
        live.set_filter("cpu:^1")
        with pytest.raises(FilterError):
            live.set_filter("cpu:(")
        assert (live.filter_text, live.counts) == ("cpu:^1", (11, 20))


async def test_every_binding_has_an_id_of_its_own() -> None:
    ids = [getattr(binding, "id", None) for binding in LiveTable.BINDINGS]
    assert all(ids)
    assert len(set(ids)) == len(ids)


async def test_values_can_be_asked_for_in_full() -> None:
    live = LiveTable(COLUMNS)
    live.put({"a": row(1, 12.5, note="n" * 200)})
    assert live.text("a", "note") == "n" * 200
    assert live.text("a", "cpu_percent") == "12.5%"
    assert live.row("nosuch") is None
