"""Who asks is seen by a look at a folder; connections are made only when somebody came or went."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from opsconsole.approval import Asked
from screens.shell.witness import lookout as module
from screens.shell.witness.lookout import Lookout
from tests.screens.shell.witness.people import BOB, CAROL, Others, wanted


class Ears:
    """What rang."""

    def __init__(self) -> None:
        self.heard: list[list[str]] = []

    def ring(self, asked: Sequence[Asked]) -> None:
        """Remember who asked."""
        self.heard.append([one.person.account for one in asked])


def _lookout(others: Others) -> tuple[Lookout, Ears]:
    ears = Ears()
    return Lookout(others.desk(), ears.ring), ears


async def test_with_nobody_there_nobody_is_connected_to() -> None:
    others = Others()
    lookout, ears = _lookout(others)
    for _ in range(5):
        await lookout.look()
    assert (others.looked, others.connected) == (5, 0)
    assert ears.heard == []


async def test_a_folder_that_did_not_change_is_not_listed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = Others()
    stamp: list[object] = [1]
    ears = Ears()
    lookout = Lookout(replace(others.desk(), stamp=lambda: stamp[0]), ears.ring)
    for _ in range(5):
        await lookout.look()
    assert others.looked == 1
    bob = others.ask(BOB)
    stamp[0] = 2
    await lookout.look()
    assert (lookout.waiting, ears.heard) == ([bob], [["bob"]])
    stamp[0] = None  # who cannot tell looks
    for _ in range(5):
        await lookout.look()
    assert others.looked == 7
    stamp[0] = 3
    monkeypatch.setattr(module, "LISTED_S", 0.0)
    for _ in range(5):
        await lookout.look()
    assert others.looked == 12


async def test_who_waits_is_read_once_and_rings_once() -> None:
    others = Others()
    lookout, ears = _lookout(others)
    bob = others.ask(BOB)
    for _ in range(5):
        await lookout.look()
    assert (lookout.waiting, others.connected, ears.heard) == ([bob], 1, [["bob"]])
    carol = others.ask(CAROL)
    await lookout.look()
    assert (lookout.waiting, others.connected) == ([bob, carol], 2)
    assert ears.heard == [["bob"], ["carol"]]


async def test_one_person_rings_but_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    others = Others()
    lookout, ears = _lookout(others)
    for _ in range(20):
        others.ask(BOB)
        await lookout.look()
    assert ears.heard == [["bob"]]
    assert len(lookout.waiting) == 20
    monkeypatch.setattr(module, "CALM_S", 0.0)
    others.ask(BOB)
    await lookout.look()
    assert ears.heard == [["bob"], ["bob"]]


async def test_who_goes_is_forgotten() -> None:
    others = Others()
    lookout, _ = _lookout(others)
    bob, carol = others.ask(BOB), others.ask(CAROL)
    await lookout.look()
    del others.asked[bob.path]
    await lookout.look()
    assert lookout.waiting == [carol]
    assert not lookout.waits(bob)
    others.asked.clear()
    await lookout.look()
    assert lookout.waiting == []
    assert others.connected == 2, "nobody is left to connect to"


async def test_one_too_busy_to_say_it_again_still_waits() -> None:
    others = Others()
    lookout, _ = _lookout(others)
    bob = others.ask(BOB)
    await lookout.look()
    others.asked[bob.path] = None
    carol = others.ask(CAROL)
    await lookout.look()
    assert lookout.waiting == [bob, carol]


async def test_one_who_says_nothing_is_asked_again_but_not_at_each_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = Others()
    lookout, _ = _lookout(others)
    bob = others.ask(BOB)
    others.asked[bob.path] = None
    for _ in range(5):
        await lookout.look()
    assert others.connected == 1
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    others.asked[bob.path] = bob
    for _ in range(5):
        await lookout.look()
    assert (lookout.waiting, others.connected) == ([bob], 2)


async def test_what_is_over_or_answered_does_not_wait() -> None:
    others = Others()
    lookout, _ = _lookout(others)
    others.ask(BOB, left_s=-1.0)
    carol = others.ask(CAROL)
    odd = others.ask(CAROL, wanted(), left_s=float("nan"))
    await lookout.look()
    assert lookout.waiting == [carol, odd]
    lookout.settle(carol)
    assert lookout.waiting == [odd]
    assert lookout.find(carol.path.name) is None
    assert lookout.find(odd.path.name) is odd


async def test_no_place_to_meet_is_said_and_looked_for_again() -> None:
    others = Others()
    lookout, _ = _lookout(others)
    bob = others.ask(BOB)
    await lookout.look()
    others.nowhere = "it \x1b[2J belongs to uid 3"
    await lookout.look()
    assert lookout.waiting == []
    assert "[2J belongs to uid 3" in lookout.trouble
    assert "\x1b" not in lookout.trouble
    others.nowhere = ""
    await lookout.look()
    assert (lookout.waiting, lookout.trouble) == ([bob], "")
