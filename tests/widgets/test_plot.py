"""A plot shows what it is told, names its scale, and draws nothing anew when nothing changed."""

import math
from collections.abc import Sequence

from textual.app import App, ComposeResult

from opsconsole.clean import Clean
from opsconsole.model import Quantity
from widgets.plot import Plot


class Stage(App[None]):
    """One plot of 40 by 9."""

    CSS = "Plot { width: 40; height: 9; }"

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self.plot = plot

    def compose(self) -> ComposeResult:
        yield self.plot

    def lines(self) -> list[str]:
        return [self.plot.render_line(y).text for y in range(self.plot.size.height)]


def _plot(*, stacked: bool = False, sweep: bool = False) -> Plot:
    return Plot(Clean("CPU"), 100.0, Quantity.PERCENT, stacked=stacked, sweep=sweep)


def _steps(*values: float) -> Sequence[float]:
    return values


async def test_the_first_row_names_values_and_scale() -> None:
    app = Stage(_plot(stacked=True))
    async with app.run_test(size=(60, 12)):
        app.plot.show([("user", _steps(10.0, 12.0)), ("sys", _steps(1.0, 3.5))], 4.0)
        header, *rows = app.lines()
        assert header == "CPU user 12.0% sys 3.5%       100% / 4 s"
        assert all(len(row) == 40 for row in rows)
        assert [row[-1] for row in rows] == [*" " * 6, "⢀", "⣿"]  # 11 and 15.5 % of 32 dots


async def test_no_number_is_cut_short() -> None:
    app = Stage(Plot(Clean("Net"), None, Quantity.BYTES_PER_S))
    async with app.run_test(size=(60, 12)):
        series = [(name, _steps(2e6, 3e6)) for name in ("eth0 in", "eth0 out", "eth1 in")]
        app.plot.show(series, 4.0)
        assert app.lines()[0].rstrip() == "Net eth0 in 2.86 MiB/s …"
        app.plot.show(series[:1], 4.0)
        assert app.lines()[0] == "Net eth0 in 2.86 MiB/s  4.00 MiB/s / 4 s"
        app.plot.show([("eth0 incoming", _steps(2e6, 3e6))], 4.0)
        assert app.lines()[0].endswith(" 4.00 MiB/s")


async def test_equal_data_draws_nothing() -> None:
    app = Stage(_plot())
    async with app.run_test(size=(60, 12)) as pilot:
        values = [1.0, math.nan, 3.0]
        app.plot.show([("a", values)], 6.0)
        before = app.plot.render_line(3)
        app.plot.show([("a", list(values))], 6.0)
        await pilot.pause()
        assert app.plot.render_line(3) is before
        values.append(60.0)  # the caller's own list, changed in place
        app.plot.show([("a", values)], 8.0)
        assert app.plot.render_line(3) is not before


async def test_a_sweep_moves_two_dot_columns_per_sample() -> None:
    app = Stage(_plot(sweep=True))
    async with app.run_test(size=(60, 12)):
        course = [50.0 + 40.0 * math.sin(at / 7) for at in range(300)]
        app.plot.show([("", course[:200])], 400.0, at=400.0)
        before = app.lines()[1:]
        app.plot.show([("", course[1:201])], 400.0, at=402.0)
        after = app.lines()[1:]
        changed = {
            x
            for one, other in zip(before, after, strict=True)
            for x, (a, b) in enumerate(zip(one, other, strict=True))
            if a != b
        }
        assert 1 <= len(changed) <= 3


async def test_no_data_is_an_empty_plot_with_its_title() -> None:
    app = Stage(_plot())
    async with app.run_test(size=(60, 12)):
        assert app.lines()[0].startswith("CPU")
        app.plot.show([("user", [])], 0.0)
        assert app.lines()[0].startswith("CPU user -")
        assert not "".join(app.lines()[1:]).strip()


async def test_ascii_terminals_see_ascii() -> None:
    app = Stage(_plot())
    async with app.run_test(size=(60, 12)):
        app.plot.set_symbols("ascii")
        app.plot.show([("a", _steps(10.0, 90.0)), ("b", _steps(50.0, 20.0))], 6.0)
        assert "".join(app.lines()).isascii()
