"""What changed is drawn, as the stock compositor draws it, and nothing else."""

from collections.abc import Iterable

import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static

from screens.shell.compose import FrugalCompositor

Made = list[tuple[Region, Region]]


class Counting(FrugalCompositor):
    """Knows for which widgets lines were made, and which."""

    def __init__(self) -> None:
        super().__init__()
        self.made: Made = []

    def _get_renders(
        self, crop: Region | None = None
    ) -> Iterable[tuple[Region, Region, list[Strip]]]:
        for region, clip, strips in super()._get_renders(crop):
            self.made.append((region, clip))
            yield region, clip, strips


class Stage(App[None]):
    """A line at the top, one at the bottom, and much between them."""

    CSS = """
    #box { border: round green; height: 6; }
    #roll { height: 4; }
    #over { layer: above; offset: 3 2; width: 9; height: 3; }
    Screen { layers: base above; }
    """

    def get_default_screen(self) -> Screen[None]:
        screen: Screen[None] = Screen(id="_default")
        screen._compositor = Counting()
        return screen

    def compose(self) -> ComposeResult:
        yield Static("first", id="first")
        with Vertical(id="box"):
            yield Static("in a box\nof two lines", id="inner")
        with VerticalScroll(id="roll"):
            yield Static("\n".join(map(str, range(20))), id="long")
        yield Static("last", id="last")
        yield Static("over\nothers", id="over")


def shown(update: ChopsUpdate | None) -> dict[tuple[int, int], list[object]]:
    """What stands at each cell that an update is about."""
    assert update is not None
    cells: dict[tuple[int, int], list[object]] = {}
    for y, left, right in update.spans:
        for (x, chop), end in zip(update.chops[y].items(), update.chop_ends[y], strict=False):
            if chop is not None and x < right and end > left:
                for at, cell in enumerate(chop.divide(range(1, chop.cell_length + 1)), x):
                    if left <= at < right:
                        cells[y, at] = [(part.text, part.style) for part in cell]
    return cells


@pytest.mark.parametrize(
    ("names", "drawn"),
    [
        (("first", "last"), 2),
        (("inner",), 2),  # and what stands before it
        (("over",), 1),
        (("box",), 5),
        (("first", "long", "over"), 3),
        (("roll", "last"), 5),
    ],
)
async def test_only_what_changed_is_drawn_and_as_it_was(names: tuple[str, ...], drawn: int) -> None:
    app = Stage()
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        compositor = app.screen._compositor
        assert isinstance(compositor, Counting)
        changed = {
            widget.region.intersection(compositor.visible_widgets[widget][1])
            for widget in (app.query_one(f"#{name}") for name in names)
        }
        compositor._dirty_regions.update(changed)
        compositor.made.clear()
        ours = shown(compositor.render_partial_update())
        assert len(compositor.made) <= drawn
        stock = Compositor.render_partial_update
        compositor._dirty_regions.update(changed)
        compositor._changed = []
        assert ours == shown(stock(compositor))
        assert set(ours) >= {(y, x) for one in changed for y in one.line_range
                                       for x in one.column_range}  # fmt: skip


async def test_of_a_widget_only_the_lines_between_are_drawn() -> None:
    app = Stage()
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        compositor = app.screen._compositor
        assert isinstance(compositor, Counting)
        box = app.query_one("#box").region
        compositor._dirty_regions.add(Region(box.x, box.y, box.width, 1))
        compositor.made.clear()
        compositor.render_partial_update()
        assert all(part.height == 1 for _, part in compositor.made)
        assert compositor.render_partial_update() is None
