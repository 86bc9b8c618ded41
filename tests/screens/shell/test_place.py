"""Places and their sensors in the console: what stands first, and where Enter goes."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from opsconsole import reading
from opsconsole.clean import Clean
from opsconsole.model import Row, Target
from opsconsole.reading import Physical, Place, Reading
from screens.lowvoltage import DOMAIN
from screens.shell.place import narrowing
from screens.system import DOMAIN as SYSTEM
from tests.screens.shell.stage import Stage, host, stage

READING = "nut.reading"
AIR = "air of the rack"


def ups(name: str, room: str, rack: str) -> Target:
    return Target(name, "nut", "nut", f"{name}.example",
                  labels={"site": "hq", "room": room, "rack": rack})  # fmt: skip


ROOM = (ups("ups-a", "A", "A1"), ups("ups-b", "A", "A2"), ups("ups-c", "B", "B 1"))


def air(value: float, name: str = AIR) -> Row:
    return reading.row(
        Reading(f"k:{name}", Clean(name), Physical.TEMPERATURE, value, place=Place.INLET)
    )


@asynccontextmanager
async def rooms(size: tuple[int, int] = (160, 30)) -> AsyncGenerator[Stage]:
    """Three racks in two rooms, of which one is hot."""
    async with stage(*ROOM, domains=(DOMAIN,), size=size) as on:
        await on.type("places")
        await on.tell(READING, "ups-a", air(22.0), air(23.0, "second"))
        await on.tell(READING, "ups-b", air(34.0), air(20.0, "second"))
        await on.tell(READING, "ups-c", air(24.0))
        yield on


def listed(on: Stage, *keys: str) -> list[tuple[object, ...]]:
    """Cells of the list, in the order in which it is sorted next: by itself that waits a while."""
    table = on.app.main.tab.listed.table
    table.sort_by(table.sort)
    places = [table.data.index(key) for key in keys]
    return [tuple(table.data.rows[one][at] for at in places) for one in table.data.order]


async def test_the_hot_rack_makes_its_room_and_site_hot_and_stands_before_the_others() -> None:
    async with rooms() as on:
        assert listed(on, "state", "room", "rack", "inlet_c") == [
            ("critical", "*", "*", 34.0),
            ("critical", "A", "*", 34.0),
            ("critical", "A", "A2", 34.0),
            ("ok", "A", "A1", 23.0),
            ("ok", "B", "B 1", 24.0),
        ]
        assert "ups-b air of the rack 34 °C" in on.line("A2")
        await on.fail(READING, "ups-c", "lost", "ups-c: gone")
        assert listed(on, "state", "rack", "silent")[-2:] == [("unknown", "B 1", 1),
                                                              ("ok", "A1", 0)]  # fmt: skip
        assert "1 of 3 devices do not answer" in on.line("Places")
        await on.tell(READING, "ups-b", air(25.0))
        assert listed(on, "state", "inlet_c")[0] == ("unknown", 25.0)


async def test_enter_goes_from_a_place_to_its_sensors_and_from_there_to_the_device() -> None:
    async with rooms() as on:
        await on.press("end", "enter")
        assert listed(on, "target", "rack", "value") == [("ups-c", "B 1", 24.0)]
        await on.press("escape")
        assert listed(on, "target", "value")[0] == ("ups-b", 34.0), "the worst one first"
        assert len(listed(on, "target")) == 5
        await on.press("home", "enter")
        assert on.app.main.tab.target == "ups-b"
        await on.press("escape")
        assert listed(on, "target", "value")[0] == ("ups-b", 34.0), "back to the sensors"


async def test_sensors_of_targets_on_other_tabs_are_listed_too() -> None:
    system = replace(SYSTEM, places=".reading")
    async with stage(host("web-1"), host("web-2"), *ROOM, domains=(system, DOMAIN)) as on:
        await on.type("sensors")
        await on.tell(READING, "ups-a", air(22.0))
        assert listed(on, "target", "name") == [("ups-a", AIR)]
        await on.press("enter")
        assert (on.app.main.tab.domain.id, on.app.main.tab.target) == ("lowvoltage", "ups-a")


def test_a_place_is_named_exactly_in_the_filter() -> None:
    spot = (Clean("h.q"), Clean('a "b": c'), Clean("*"))
    assert narrowing(spot) == r'site:^h\.q$ room:"^a\ .b.:\ c$"'
    assert narrowing((Clean("*"), Clean("*"), Clean("*"))) == ""
