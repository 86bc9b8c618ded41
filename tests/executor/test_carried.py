"""What stands on a target is told in plans that take its power, and may forbid them."""

from dataclasses import replace

import pytest

from opsconsole.errors import Refused
from opsconsole.model import Target
from opsconsole.plan import Tier
from opsconsole.spec import Action, Carried, Weight
from tests.executor.scene import RESTART, Bench, host, play, service


def _bench(bench: Bench, carried: Carried, weight: Weight = Weight.NOTICED) -> Action:
    """dev-1 carries dev-2, which carries web; nothing but web has a place."""
    action = replace(RESTART, id="box.dark", carried=carried, weight=weight)
    bench.actions.append(action)
    named = {target.id: target for target in bench.targets}
    named["dev-2"] = replace(named["dev-2"], depends_on=("dev-1",))
    named["web"] = replace(host("web", env="prod", rack="A1"), depends_on=("dev-2",))
    bench.targets[:] = named.values()
    return action


@pytest.mark.parametrize(("carried", "word"), [(Carried.AT_RISK, "at risk"),
                                               (Carried.CUT, "cut off")])  # fmt: skip
def test_all_that_stands_on_it_is_listed_nearest_first(carried: Carried, word: str) -> None:
    async def test(bench: Bench) -> None:
        _bench(bench, carried)
        plan = await bench.plan(action="box.dark")
        assert plan.items[0].preview.splitlines() == [
            f"{word}: 2 targets that depend on dev-1",
            "  dev-2 (box, env dev)",
            "  web (box, env prod, rack A1)",
        ]
        assert plan.why == ("production stands on it: web", "others notice")
        assert plan.tier is Tier.NAME

    play(test)


def test_nothing_is_told_of_what_is_safe_and_of_what_carries_nothing() -> None:
    async def test(bench: Bench) -> None:
        _bench(bench, Carried.SAFE)
        plan = await bench.plan(action="box.dark")
        assert plan.items[0].preview == ""
        bench.actions[-1] = replace(bench.actions[-1], carried=Carried.CUT)
        del bench.targets[1:]
        other = Bench()
        other.actions.append(bench.actions[-1])
        plan = await other.plan(action="box.dark")
        assert plan.items[0].preview == "cut off: the estate names nothing that depends on dev-1"

    play(test)


def test_only_what_hangs_on_an_outlet_is_told_of_it() -> None:
    async def test(bench: Bench) -> None:
        action = replace(RESTART, id="box.dark", carried=Carried.CUT, outlet="unit")
        bench.actions.append(action)
        bench.targets += [
            replace(host("one"), depends_on=("dev-1",), fed_by=("dev-1/app",)),
            replace(host("two"), depends_on=("dev-1", "dev-2"),
                    fed_by=("dev-1/app", "dev-2/app")),
            replace(host("other"), depends_on=("dev-1",), fed_by=("dev-1/db",)),
            replace(host("whole"), depends_on=("dev-1",)),
        ]  # fmt: skip
        plan = await bench.plan(action="box.dark")
        assert plan.items[0].preview.splitlines() == [
            "cut off: 2 targets that depend on dev-1/app",
            "  one (box, env dev)",
            "  whole (box, env dev)",
            "loses a feed and keeps another: 1 target that depends on dev-1/app",
            "  two (box, env dev): keeps dev-2/app",
        ]
        plan = await bench.plan(service(), service(target="dev-2"), action="box.dark")
        assert plan.items[1].preview.splitlines() == [
            "cut off: 1 target that depends on dev-2/app",
            "  two (box, env dev)",
        ]

    play(test)


def test_a_protected_target_is_not_cut_off_but_may_be_at_risk() -> None:
    async def test(bench: Bench) -> None:
        _bench(bench, Carried.CUT, Weight.LOSING)
        bench.targets.append(
            Target("core", "box", "fake", labels={"protected": "the way in"}, depends_on=("web",))
        )
        with pytest.raises(Refused) as caught:
            await bench.plan(action="box.dark")
        assert caught.value.rule == "protected"
        assert "it would be cut off: core is protected: the way in" in str(caught.value)
        bench.actions[-1] = replace(bench.actions[-1], carried=Carried.AT_RISK)
        other = Bench()
        other.actions, other.targets = bench.actions, bench.targets
        assert (await other.plan(action="box.dark")).items

    play(test)
