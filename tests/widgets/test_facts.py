"""Facts flow into as many text columns as fit, and only what changed is drawn."""

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region

from opsconsole.clean import clean
from opsconsole.model import Column, Limits, Quantity, Row
from widgets.facts import Facts

COLUMNS = (
    Column("name", "NAME", Quantity.TEXT, "a test"),
    Column("state", "STATE", Quantity.STATE, "a test"),
    Column("cpu", "CPU%", Quantity.PERCENT, "a test", Limits(80, 95, "a test")),
    Column("mem", "MEMORY", Quantity.BYTES, "a test"),
    Column("up", "UP", Quantity.SECONDS, "a test"),
    Column("ok", "CLOCK", Quantity.FLAG, "a test"),
)
ROW: Row = (clean("主机-1 [/]"), clean("failed"), 97.0, 2**30, 90061, True)


class Counted(Facts):
    asked: list[Region]

    def __init__(self) -> None:
        self.asked = []
        super().__init__(COLUMNS)

    def refresh(self, *regions: Region, **options: bool) -> "Counted":
        self.asked += regions
        super().refresh(*regions, **options)
        return self


class Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.facts = Counted()

    def compose(self) -> ComposeResult:
        yield self.facts

    def lines(self) -> list[str]:
        return [self.facts.render_line(y).text for y in range(self.facts.size.height)]


@pytest.mark.parametrize(("width", "height"), [(10, 6), (24, 6), (40, 3), (50, 2), (160, 1)])
async def test_facts_flow_and_every_line_has_the_width(width: int, height: int) -> None:
    app = Bench()
    async with app.run_test(size=(width, 12)):
        app.facts.set_row(ROW)
        lines = app.lines()
        assert {cell_len(line) for line in lines} == {app.facts.size.width}
        assert sum(1 for line in lines if line.strip()) == height
        if width >= 24:
            text = "\n".join(lines)
            for wanted in ("主机-1 [/]", "X failed", "X97.0%", "1.00 GiB", "1d 1h", "yes"):
                assert wanted in text


async def test_only_values_that_read_otherwise_are_drawn() -> None:
    app = Bench()
    async with app.run_test(size=(80, 12)) as pilot:
        app.facts.set_row(ROW)
        await pilot.pause()
        app.facts.asked.clear()
        app.facts.set_row((*ROW[:2], 97.01, *ROW[3:]))
        assert app.facts.asked == []
        app.facts.set_row((*ROW[:2], 12.0, *ROW[3:]))
        assert len(app.facts.asked) == 1
        assert app.facts.asked[0].height == 1
        assert "12.0%" in "\n".join(app.lines())
        app.facts.set_row(None)
        assert not "".join(app.lines()).strip()
