"""What goes dark without a source of power: which, in order, and what keeps another feed."""

from opsconsole.clean import Clean
from opsconsole.model import Row, Target
from screens.lowvoltage import DOMAIN
from screens.shell.sheet import Sheet
from screens.system import DOMAIN as SYSTEM
from tests.screens.shell.stage import Stage, row, stage


def fed(name: str, *feeds: str, on: tuple[str, ...] = (), **labels: str) -> Target:
    below = dict.fromkeys((*on, *(feed.partition("/")[0] for feed in feeds)))
    return Target(name, "host", "ssh", f"{name}.example", labels=labels, depends_on=tuple(below),
                  fed_by=feeds)  # fmt: skip


ROOM = (
    Target("ups-a", "nut", "nut", "a.example", labels={"room": "1"}),
    Target("ups-b", "nut", "nut", "b.example"),
    fed("one", "ups-a", rack="A1"),
    fed("both", "ups-a", "ups-b", protected="the way in"),
    fed("app", on=("one",)),
    fed("alone"),
)


def ups(name: str, mode: str, minutes: float) -> Row:
    return row("nut.ups", ups=Clean(name), mode=Clean(mode), charge_percent=81.0,
               load_percent=45.0, runtime_s=60 * minutes)  # fmt: skip


def sheet(on: Stage) -> list[tuple[object, ...]]:
    assert isinstance(on.app.screen, Sheet)
    return [tuple(one[1:5]) for one in on.app.screen.table.data.rows.values()]


async def test_what_stands_on_a_battery_is_listed_in_the_order_in_which_it_ends() -> None:
    async with stage(*ROOM, domains=(DOMAIN, SYSTEM), size=(140, 30)) as on:
        await on.type("dark")
        assert not isinstance(on.app.screen, Sheet)
        assert "no battery is heard of" in on.line("no battery")
        await on.tell("nut.ups", "ups-a", ups("a", "on battery", 30))
        await on.tell("nut.ups", "ups-b", ups("b", "on line", 60))
        await on.type("dark")
        assert sheet(on) == [
            ("ups-a", "on battery", "nut", ""),
            ("one", "goes dark", "host", "ups-a"),
            ("app", "goes dark", "host", "one"),
            ("both", "keeps ups-b", "host", "ups-a"),
        ]
        assert "29m" in on.line("one ")
        assert "45" in on.line("ups-a")
        await on.tell("nut.ups", "ups-b", ups("b", "low battery", 2))
        assert isinstance(on.app.screen, Sheet)
        on.app.screen.reload()
        await on.settle()
        assert sheet(on)[2:] == [
            ("both", "protected, goes dark", "host", "ups-a"),
            ("one", "goes dark", "host", "ups-a"),
            ("app", "goes dark", "host", "one"),
        ]
        await on.press("escape")


async def test_a_target_may_be_thought_away_and_all_if_the_mains_failed() -> None:
    async with stage(*ROOM, domains=(DOMAIN, SYSTEM), size=(140, 30)) as on:
        await on.tell("nut.ups", "ups-a", ups("a", "on line", 30))
        await on.tell("nut.ups", "ups-b", ups("b", "on line", 60))
        await on.type("dark")
        assert "as if the mains failed now" in on.line("What goes dark")
        assert [one[0] for one in sheet(on)] == ["ups-a", "ups-b", "one", "app", "both"]
        await on.press("escape")
        await on.type("dark one")
        assert sheet(on) == [
            ("one", "thought away", "host", ""),
            ("app", "goes dark", "host", "one"),
        ]
        await on.press("down", "enter")
        assert on.app.main.tab.target == "app"
