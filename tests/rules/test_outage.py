"""Many targets lost at once are one alert that says what they share; a few are a few."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest

from opsconsole.alert import Alert, Phase
from opsconsole.model import Level, Target
from opsconsole.rules.outage import ID, common
from tests.rules.scene import Answers, World, cpu, restarted


def fleet(count: int, **more: Any) -> list[Target]:  # Any: fields of Target
    return [Target(f"h{n}", "box", "ssh", address=f"10.0.{n}.1", **more) for n in range(count)]


def names(targets: Sequence[Target]) -> set[str]:
    return {one.id for one in targets}


def play(world: World, seconds: float, down: Collection[str] = ()) -> None:
    """All answer each period but those that are down."""
    answers: Answers = {
        ("box.vitals", one.id): (lambda _: cpu(10)) for one in world.targets if one.id not in down
    }
    world.play(seconds, answers)


def calling_ever(world: World) -> set[str]:
    return {one.id for one in world.told if one.calls}


def lines(world: World) -> list[str]:
    return [one.kind for one in world.occurred if one.ref == ID]


def test_half_of_them_lost_at_once_calls_once() -> None:
    world = World([], fleet(20))
    play(world, 20)
    lost = names(world.targets[:10])
    play(world, 30, lost)
    assert calling_ever(world) == {ID}
    assert world.calling() == [ID]
    silent = [one for one in world.alerts.values() if one.rule == "box.silent"]
    assert {one.target for one in silent} == lost
    assert {one.cause for one in silent} == {ID}
    found = world.alerts[ID]
    assert (found.level, found.value, found.limit) == (Level.CRIT, 10.0, 10.0)
    assert found.why == (
        "10 of 20 targets stopped answering within 60 s: probably this console's own network"
    )
    assert found.object == "this console's own network"
    assert lines(world) == ["alert"]


def test_three_of_a_hundred_are_three_alerts() -> None:
    world = World([], fleet(100))
    play(world, 6)
    play(world, 20, names(world.targets[:3]))
    assert world.calling() == [f"box.silent:h{n}" for n in range(3)]
    assert ID not in world.alerts


def test_four_of_four_are_too_few_to_tell() -> None:
    world = World([], fleet(4))
    play(world, 6)
    play(world, 20, names(world.targets))
    assert len(world.calling()) == 4
    assert ID not in world.alerts


def test_who_was_lost_long_ago_does_not_count() -> None:
    """One every five minutes: more than half in the end, and never an outage."""
    world = World([], fleet(10))
    for number in range(1, 8):
        play(world, 300, names(world.targets[:number]))
    assert ID not in world.alerts
    assert len(world.calling()) == 7
    play(world, 30, names(world.targets))
    assert ID not in world.alerts, "three of three that were left are too few"


def test_it_is_over_when_most_are_back_and_the_others_call_then() -> None:
    world = World([], fleet(20))
    play(world, 20)
    play(world, 30, names(world.targets[:16]))
    assert world.calling() == [ID]
    play(world, 10, names(world.targets[:8]))
    assert world.calling() == [ID], "eight of twenty are still too many"
    play(world, 20, names(world.targets[:2]))
    assert world.alerts[ID].phase is Phase.RESOLVED
    assert world.calling() == ["box.silent:h0", "box.silent:h1"]
    play(world, 20)
    assert world.calling() == []
    assert lines(world) == ["alert", "clear"]
    assert world.engine.own == []


def test_who_is_lost_meanwhile_is_part_of_it() -> None:
    world = World([], fleet(20))
    play(world, 20)
    play(world, 120, names(world.targets[:12]))
    play(world, 30, names(world.targets[:15]))
    assert calling_ever(world) == {ID}
    assert world.alerts[ID].value == 15.0


def test_who_answers_seldom_is_counted_when_its_answer_was_due() -> None:
    slow = [replace(one, intervals={"fast": 60}) for one in fleet(20)[:8]]
    world = World([], [*slow, *fleet(20)[8:]])
    play(world, 60)
    play(world, 400, names(world.targets))
    assert calling_ever(world) == {ID}
    assert world.alerts[ID].value == 20.0
    assert {one.cause for one in world.alerts.values() if one.rule == "box.silent"} == {ID}


def test_a_gateway_that_is_known_explains_more_than_that() -> None:
    hosts = [replace(one, depends_on=("gate",)) for one in fleet(9)]
    world = World([], [Target("gate", "box", "ssh", "10.9.9.9"), *hosts])
    play(world, 20)
    play(world, 40, names(world.targets))
    assert world.calling() == ["box.silent:gate"]
    assert ID not in world.alerts


def test_gateways_of_many_sites_lost_at_once_are_one_outage() -> None:
    gates = [Target(f"gate{n}", "box", "ssh", f"10.9.{n}.9") for n in range(3)]
    hosts = [replace(one, depends_on=(f"gate{n % 3}",)) for n, one in enumerate(fleet(9))]
    world = World([], [*gates, *hosts])
    play(world, 20)
    play(world, 40, names(world.targets))
    assert calling_ever(world) == {ID}


def test_what_is_reached_without_a_network_neither_counts_nor_is_explained() -> None:
    world = World([], [*fleet(4), *(Target(f"l{n}", "box", "local") for n in range(4))])
    play(world, 20)
    play(world, 30, names(world.targets))
    assert ID not in world.alerts


def test_a_console_that_reaches_nobody_from_the_start_says_so() -> None:
    world = World([], fleet(8))
    play(world, 90, names(world.targets))
    assert calling_ever(world) == {ID}


def test_a_restart_in_the_middle_finds_it_again() -> None:
    world = World([], fleet(8))
    play(world, 20)
    play(world, 30, names(world.targets))
    again = restarted(world)
    again.told.clear()
    play(again, 5, names(world.targets))
    assert again.calling() == [ID]
    assert calling_ever(again) == {ID}


EAST: dict[str, Any] = {"labels": {"site": "east", "env": "prod"}}
WEST = fleet(6, labels={"site": "west", "env": "prod"})


@pytest.mark.parametrize(
    ("more", "words", "where"),
    [
        ({"settings": {"jump": "gate-1"}}, "are reached through jump host gate-1", "jump host"),
        ({"groups": ("web",)}, "are in group web", "group web"),
        (EAST, "have label site=east", "label site=east"),
    ],
)
def test_what_they_share_is_named(more: dict[str, Any], words: str, where: str) -> None:
    sentence, place = common(fleet(6, **more), WEST)
    assert sentence == f"all {words}"
    assert place.startswith(where)


def test_their_network_or_their_machine_is_named() -> None:
    near = [Target(f"n{n}", "box", "ssh", f"192.0.2.{n}") for n in range(6)]
    assert common(near, WEST) == ("all are in subnet 192.0.2.0/24", "subnet 192.0.2.0/24")
    six = [Target(f"n{n}", "box", "ssh", f"2001:db8:0:1::{n}") for n in range(6)]
    assert common(six, near)[1] == "subnet 2001:db8:0:1::/64"
    same = [Target(f"n{n}", "box", "ssh", "db-1.example") for n in range(6)]
    assert common(same, WEST) == ("all are at db-1.example", "address db-1.example")


def test_one_by_chance_does_not_hide_it() -> None:
    through = fleet(20, settings={"jump": "gate-1"})
    assert common([*through[1:], *WEST[:1]], WEST[1:]) == (
        "nearly all are reached through jump host gate-1",
        "jump host gate-1",
    )


def test_what_those_that_answer_have_too_is_no_reason() -> None:
    both = fleet(12, settings={"jump": "gate-1"}, groups=("web",))
    assert common(both[:6], both[6:])[1] == "this console's own network"


def test_of_all_that_are_lost_only_the_way_there_says_something() -> None:
    assert common(fleet(6, groups=("all",)), ())[1] == "this console's own network"
    sentence, place = common(fleet(6, groups=("all",), settings={"jump": "g"}), ())
    assert sentence == ("all are reached through jump host g, or it is this console's own network")
    assert place == "jump host g"


def test_text_of_the_estate_is_clean_in_it() -> None:
    world = World([], fleet(6, settings={"jump": "g\x1b[2J"}))
    play(world, 20)
    play(world, 30, names(world.targets))
    [found] = world.engine.own
    assert isinstance(found, Alert)
    assert "\x1b" not in found.why + found.object + "".join(found.remedies)
