"""Meters flow into columns, keep their parts apart and count what has no room."""

from textual.app import App, ComposeResult

from opsconsole.clean import Clean
from opsconsole.model import Level
from widgets.meter import Bar, Meters


class Stage(App[None]):
    """Meters that fill the screen."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.meters = Meters(ascii_only=ascii_only)

    def compose(self) -> ComposeResult:
        yield self.meters

    def lines(self) -> list[str]:
        return [self.meters.render_line(y).text for y in range(self.meters.size.height)]


def _cores(count: int) -> list[Bar]:
    return [Bar(Clean(f"CPU{at}"), (float(at),), f"{at} %") for at in range(count)]


async def test_a_bar_is_as_long_as_its_share() -> None:
    app = Stage(ascii_only=True)
    async with app.run_test(size=(30, 2)):
        app.meters.show([Bar(Clean("mem"), (50.0,), "50 %")])
        assert app.lines() == ["mem [##########         ] 50 %", " " * 30]


async def test_parts_follow_each_other_and_none_is_lost() -> None:
    app = Stage()
    async with app.run_test(size=(40, 1)):
        app.meters.show([Bar(Clean("c"), (50.0, 25.0, 0.1, 0.0), "75 %")])
        strip = app.meters.render_line(0)
        bars = [len(segment.text) for segment in strip if set(segment.text) == {"▆"}]
        assert bars == [16, 7, 1]


async def test_more_than_the_whole_is_cut_and_unknown_is_empty() -> None:
    app = Stage(ascii_only=True)
    async with app.run_test(size=(20, 2)):
        app.meters.show([Bar(Clean("a"), (900.0,), "900 %"), Bar(Clean("b"), (float("nan"),), "-")])
        assert app.lines() == ["a [##########] 900 %", "b [          ]     -"]


async def test_many_flow_down_and_then_across() -> None:
    app = Stage()
    async with app.run_test(size=(100, 8)):
        app.meters.show(_cores(24))
        lines = app.lines()
        assert [line.split()[0] for line in lines] == [f"CPU{at}" for at in range(8)]
        assert [word for word in lines[0].split() if word.startswith("CPU")] == [
            "CPU0",
            "CPU8",
            "CPU16",
        ]


async def test_what_has_no_room_is_counted() -> None:
    app = Stage()
    async with app.run_test(size=(40, 4)):
        app.meters.show(_cores(64))
        shown = sum(line.count("CPU") for line in app.lines())
        assert f"+{64 - shown} more" in "".join(app.lines())


async def test_a_level_is_a_sign_and_not_only_a_colour() -> None:
    app = Stage()
    async with app.run_test(size=(40, 3)):
        app.meters.show(
            [
                Bar(Clean("a"), (97.0,), "97 %", Level.CRIT),
                Bar(Clean("b"), (88.0,), "88 %", Level.WARN),
                Bar(Clean("c"), (1.0,), "1 %"),
            ]
        )
        assert [line.rstrip()[-5:] for line in app.lines()] == ["X97 %", "!88 %", "  1 %"]
