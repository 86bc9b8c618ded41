"""A table on a bare screen, and what the tests look at."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from opsconsole.clean import clean
from opsconsole.model import Column, Limits, Quantity, Row
from widgets.table import Head, LiveTable, SparkColumn

COLUMNS: tuple[Head, ...] = (
    Column("name", "NAME", Quantity.TEXT, "a test"),
    Column("state", "STATE", Quantity.STATE, "a test"),
    Column("cpu_percent", "CPU%", Quantity.PERCENT, "a test", Limits(80, 95, "a test"), True),
    SparkColumn("cpu_trend", "TREND", "cpu_percent"),
    Column("memory_bytes", "MEM", Quantity.BYTES, "a test"),
    Column("note", "NOTE", Quantity.TEXT, "a test"),
)


def row(at: int, cpu: float | None = 1.0, name: str = "", note: str = "") -> Row:
    """A row of `COLUMNS`."""
    return (
        clean(name or f"web-{at}"),
        clean("failed" if at % 10 == 3 else "running"),
        cpu,
        at * 1e6,
        clean(note),
    )


def rows(count: int) -> dict[str, Row]:
    """As many rows; the CPU rises with the number."""
    return {f"h{at}": row(at, float(at % 100)) for at in range(count)}


class Bench(App[None]):
    """Shows one table and keeps its messages."""

    def __init__(self, table: LiveTable) -> None:
        super().__init__()
        self.table = table
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_live_table_opened(self, message: LiveTable.Opened) -> None:
        self.heard.append(message)

    def on_live_table_cursor_gone(self, message: LiveTable.CursorGone) -> None:
        self.heard.append(message)

    def on_live_table_sort_requested(self, message: LiveTable.SortRequested) -> None:
        self.heard.append(message)

    def on_live_table_columns_requested(self, message: LiveTable.ColumnsRequested) -> None:
        self.heard.append(message)

    def lines(self) -> list[str]:
        """Text of every line of the table as rendered."""
        return [self.table.render_line(y).text for y in range(self.table.size.height)]


@asynccontextmanager
async def shown(
    table: LiveTable, size: tuple[int, int] = (80, 24)
) -> AsyncGenerator[tuple[Bench, Pilot[None]]]:
    """The table on a screen of that size, with focus."""
    app = Bench(table)
    async with app.run_test(size=size, notifications=True) as pilot:
        table.focus()
        await pilot.pause()
        yield app, pilot
