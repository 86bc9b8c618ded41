"""What an action may ask its target before anything is done: more looks, rights, a dry run."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from opsconsole.errors import Refused
from opsconsole.executor import hands
from opsconsole.executor.draft import Draft
from opsconsole.executor.gate import Gate
from opsconsole.executor.hands import Hands
from opsconsole.model import Target
from opsconsole.plan import Ended, Step, Thing
from opsconsole.spec import Facts, Liftable, Look, Need, Rehearsal
from tests.executor.scene import RESTART, Bench, Doing, play, service

ASK = ("look", "app")


class Counting(Doing):
    """A transport that knows which looks were made."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        self.made.append(" ".join(argv))
        return await super().execute(target, argv, heard)


def _counted(bench: Bench) -> list[str]:
    """The looks that are made from now on, one by one."""
    doing = Counting()
    doing.units = bench.doing.units
    bench.doing = doing
    return doing.made


T = TypeVar("T")


def always(value: T) -> Callable[[Thing, Facts, Mapping[str, str]], T]:
    """The same for every object."""
    return lambda _thing, _facts, _arguments: value


def _need(why: str) -> Need:
    return Need(("look", "rights"), lambda _status, _out: why)


def test_a_right_that_is_missing_is_told_and_asked_for_once_a_minute() -> None:
    async def test(bench: Bench) -> None:
        made = _counted(bench)
        bench.actions = [replace(RESTART, needs=always((_need("may not restart"),)))]
        for _ in range(3):
            with pytest.raises(Refused, match="dev-1: may not restart") as refused:
                await bench.plan()
            assert refused.value.rule == "right"
        assert made.count("look rights") == 1
        await asyncio.sleep(hands.RIGHTS + 1)
        with pytest.raises(Refused, match="may not restart"):
            await bench.plan()
        assert made.count("look rights") == 2
        assert not bench.doing.calls

    play(test)


def test_answers_about_rights_are_not_kept_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands, "ANSWERS", 3)

    async def test(bench: Bench) -> None:
        made = _counted(bench)
        needs = tuple(Need(("look", f"right-{at}"), lambda _status, _out: "") for at in range(6))
        bench.actions = [replace(RESTART, needs=always(needs))]
        await bench.plan()
        await bench.plan()
        assert made.count("look right-0") == 2, "it gave way to the others"
        assert sum("right-" in line for line in made) == 2 * len(needs)

    play(test)


def test_a_second_look_adds_what_the_first_one_lacks() -> None:
    def more(_thing: Thing, facts: Facts) -> tuple[Look, ...]:
        unit = facts["unit"]
        return (
            Look(lambda _thing: ("look", unit), lambda _t, _s, _o: {"seen": unit, "_hidden": "x"}),
        )

    async def test(bench: Bench) -> None:
        bench.actions = [replace(RESTART, look=replace(RESTART.look, then=more))]
        facts = (await bench.plan()).items[0].facts
        assert facts == {"unit": "app", "run": "1", "state": "active", "seen": "app"}

    play(test)


def test_a_dry_run_is_shown_and_may_refuse() -> None:
    said: list[str] = []

    def read(
        _thing: Thing,
        facts: Facts,
        _arguments: Mapping[str, str],
        answers: Sequence[tuple[int, bytes]],
    ) -> Sequence[str]:
        if said:
            raise Refused(said[0], "inapplicable")
        return [f"{facts['run']}: {out.decode()} \x1b[2J" for _, out in answers]

    async def test(bench: Bench) -> None:
        bench.actions = [replace(RESTART, preview=Rehearsal(lambda _t, _f, _a: (ASK, ASK), read))]
        preview = (await bench.plan()).items[0].preview
        assert preview.splitlines()[0].startswith("1: active 1 ")
        assert "\x1b" not in preview
        said.append("the quota is used up")
        with pytest.raises(Refused, match="the quota is used up"):
            await bench.plan()

    play(test)


@pytest.mark.parametrize("bar", ["it is so", Liftable("force=yes lifts it")])
def test_a_bar_that_an_argument_lifts_leaves_the_menu_open(bar: str) -> None:
    async def test(bench: Bench) -> None:
        bench.actions = [replace(RESTART, bars=always(bar))]
        ground = bench.ground
        draft = Draft(ground, Hands(bench, ground.clock), Gate(ground))
        (option,) = await draft.options((service(),), ("box.restart",))
        assert bool(option.refusal) is not isinstance(bar, Liftable)
        with pytest.raises(Refused, match=bar):
            await bench.plan()

    play(test)


def _words(status: int, out: bytes) -> str:
    return f"{status}: {len(out)} bytes"


@pytest.mark.parametrize(("fine", "ended"), [((), Ended.FAILED), ((7,), Ended.NO_EFFECT)])
def test_an_answer_is_told_in_words_and_may_be_fine(fine: tuple[int, ...], ended: Ended) -> None:
    def steps(*_: object) -> tuple[Step, ...]:
        return (Step(("restart", "app"), 20.0, fine=fine),)

    async def test(bench: Bench) -> None:
        bench.actions = [replace(RESTART, steps=steps, says=_words)]
        bench.doing.status, bench.doing.says = 7, b"{} secret \x1b"
        outcome = await bench.run()
        assert outcome.ended is ended
        assert ("7: 11 bytes" in outcome.results[0].message) is (ended is Ended.FAILED)
        assert bench.heard() == [], "what it wrote is not shown"

    play(test)
