"""A list pane of a watched list is told what changed; what the reader did to it survives."""

import asyncio
import random
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult

from opsconsole.clean import Clean
from opsconsole.model import Column, Quantity, Row, Sample
from opsconsole.ports import Patch
from opsconsole.spec import Pane, Probe
from opsconsole.store import Store
from screens.shell.pane.sliced import SLICE
from screens.shell.pane.table import TableBody
from screens.shell.pane.view import PaneView
from widgets.table import LiveTable

COLUMNS = (
    Column("space", "SPACE", Quantity.TEXT, "x"),
    Column("name", "NAME", Quantity.TEXT, "x"),
    Column("restarts", "RESTARTS", Quantity.COUNT, "x"),
)
POD = Probe("box.pod", "Pods", "pods", COLUMNS, ("space", "name"), bytes, lambda _, __: [])


def row(number: int, restarts: int = 0) -> Row:
    return Clean("a"), Clean(f"pod-{number}"), restarts


def name(number: int) -> str:
    return f"a\x1fpod-{number}"


class Bare(App[None]):
    """One pane, and a store that the test fills."""

    def __init__(self, sort: str) -> None:
        super().__init__()
        pane = Pane("box.pods", "Pods", ("box.pod",), sort=sort)
        self.view = PaneView(pane, {POD.id: POD})
        self.store = Store([POD], clock=lambda: 0.0, wall=lambda: 0.0)

    def compose(self) -> ComposeResult:
        yield self.view

    @property
    def table(self) -> LiveTable:
        assert self.view.table is not None
        return self.view.table

    def patch(
        self, *rows: Row, gone: tuple[int, ...] = (), whole: bool = False, loading: bool = False
    ) -> None:
        keys: list[Row] = [(Clean("a"), Clean(f"pod-{number}")) for number in gone]
        told = "box.pod", "prod", 0.0, 10.0, (0, 1), list(rows), keys
        self.store.patch([Patch(*told, whole=whole, loading=loading)])

    async def draw(self) -> None:
        """A tick, and what it leaves for later."""
        self.view.draw(self.store, "prod")
        self.view.tell(self.store, "prod", 0.0)
        body = self.view.body
        assert isinstance(body, TableBody)
        while body.busy:  # noqa: ASYNC110 - its timer fires in this loop
            await asyncio.sleep(0.001)

    @property
    def said(self) -> dict[str, Row]:
        return dict(self.table.data.rows)


@asynccontextmanager
async def bare(sort: str = "name") -> AsyncGenerator[Bare, None]:
    app = Bare(sort)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        yield app


async def test_a_long_list_is_put_in_slices_and_the_title_tells_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    puts: list[int] = []

    def counted(table: TableBody, rows: Mapping[str, Row], *, gone: Collection[str] = ()) -> None:
        puts.append(len(rows))
        LiveTable.put(table, rows, gone=gone)

    monkeypatch.setattr(TableBody, "put", counted)
    async with bare() as app:
        app.patch(whole=True, loading=True)
        await app.draw()
        assert "waiting: loading, 0 so far" in app.view.title_text
        app.patch(*(row(number) for number in range(3 * SLICE)), loading=True)
        await app.draw()
        assert f"loading, {3 * SLICE:,} so far" in app.view.title_text
        app.patch(row(9999))
        await app.draw()
        assert "loading" not in app.view.title_text
        assert puts == [SLICE, SLICE, SLICE, 1]
        assert len(app.table.data.rows) == 3 * SLICE + 1


async def test_cursor_marks_filter_and_sort_survive_patches_and_a_list_that_begins_anew() -> None:
    async with bare("-restarts") as app:
        app.patch(*(row(number, number) for number in range(50)), whole=True)
        await app.draw()
        app.table.move_to(name(7))
        app.table.action_mark()
        app.table.move_to(name(7))
        app.table.set_filter(r"name:pod-[1-3]?\d$")
        for whole in (False, True):
            rows = [row(number, number) for number in range(60) if number != 9]
            app.patch(*rows, row(7, 30), gone=() if whole else (9,), whole=whole)
            await app.draw()
            app.table.sort_by(app.table.data.sort)
            order = app.table.data.order
            assert app.table.cursor_id == name(7)
            assert app.table.marked == {name(7)}
            assert order[:3] == [name(39), name(38), name(37)]
            assert order.index(name(7)) in (9, 10)
            assert len(order) == 39
            assert len(app.said) == 59


async def test_another_store_or_target_is_drawn_anew_and_back() -> None:
    async with bare("") as app:
        app.patch(row(2), row(1), whole=True)
        await app.draw()
        live, past = app.store, Store([POD])
        past.put([Sample("box.pod", "prod", 0.0, [row(3)], None, 10.0)])
        app.store = past
        await app.draw()
        assert list(app.said) == [name(3)]
        app.store = live
        app.patch(row(0))
        await app.draw()
        assert app.table.data.order == [name(2), name(1), name(0)]
        app.view.clear()
        assert not app.said
        await app.draw()
        assert app.table.data.order == [name(2), name(1), name(0)]


async def test_whatever_happens_the_table_has_the_rows_of_the_store_in_order() -> None:
    dice = random.Random(7)
    async with bare("-restarts") as app:
        for step in range(400):
            rows = [row(dice.randrange(10), dice.randrange(4)) for _ in range(dice.randrange(6))]
            whole = dice.random() < 0.2
            gone = () if whole else tuple(dice.sample(range(10), dice.randrange(4)))
            app.patch(*rows, gone=gone, whole=whole)
            if dice.random() < 0.5 or step == 399:
                await app.draw()
                app.table.sort_by(app.table.data.sort)
                stored = app.store.rows("box.pod", "prod")
                assert app.said == {"\x1f".join((str(r[0]), str(r[1]))): r for r in stored}
                ranked = sorted(app.said, key=lambda each: (-float(app.said[each][2] or 0), each))
                assert app.table.data.order == ranked
