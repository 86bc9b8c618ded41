"""Makes plans: looks at the objects, asks for rights, fixes every call; changes nothing."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.errors import Gone, OpsError, Refused, TargetError
from opsconsole.executor.carried import carried_by, stands_on
from opsconsole.executor.gate import Gate
from opsconsole.executor.ground import Ground, argued
from opsconsole.executor.hands import SUDO, Hands, trouble
from opsconsole.model import Target
from opsconsole.plan import Item, Option, Pins, Plan, Request, Thing, Tier
from opsconsole.policy import Policy, limits, production
from opsconsole.spec import Action, Facts, Liftable, Rehearsal, Weight

AT_ONCE = 8
"""Objects looked at side by side: a connection carries ten channels by default."""

FORECAST = 10
"""Objects a menu asks about: of more it judges the first ones."""

PREVIEW_LINES, PREVIEW_WIDTH = 40, 200
TOLD_LINES, TOLD_WIDTH = 500, 500
"""Of one that is put into words, which is bounded by itself."""


class Draft:
    """Looks and writes down."""

    def __init__(self, ground: Ground, hands: Hands, gate: Gate) -> None:
        self._ground = ground
        self._hands = hands
        self._gate = gate
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def plan(self, request: Request) -> Plan:
        """Exactly what would be done; raises `Refused`, `Gone` or a `TargetError`."""
        action, pairs = self._ground.resolve(request)
        arguments = argued(action.id, action.arguments, request.arguments)
        self._gate.pass_policy([target for _, target in pairs])
        carried = carried_by(action, [thing for thing, _ in pairs], self._ground.targets)
        self._gate.pass_carried(action, carried)
        made = await self._made(action, pairs, arguments)
        items = [item for item, _ in made]
        targets = [target for _, target in made]
        tier, why = judged(action, targets, self._ground.policy, carried)
        return Plan(
            number=secrets.token_hex(8),
            action=action.id,
            title=action.title,
            arguments=arguments,
            items=tuple(items),
            tier=tier,
            why=tuple(why),
            confirm=_confirmation(tier, [item.thing for item in items]),
            note=tier > Tier.YES,
            limits=limits(self._ground.policy),
            expected_s=action.expected_s * len(items),
            # What sudo runs belongs to root: our account cannot signal it.
            cancellable=action.cancellable and not any(is_sudo(item) for item in items),
            made_at=self._ground.wall(),
        )

    async def _made(
        self, action: Action, pairs: Sequence[tuple[Thing, Target]], arguments: Mapping[str, str]
    ) -> list[tuple[Item, Target]]:
        """One for each object; of several that come and go by themselves, for those that are there.

        Raises the first error otherwise.
        """
        found = await asyncio.gather(
            *(self._item(action, thing, target, arguments) for thing, target in pairs),
            return_exceptions=True,
        )
        things = [thing for thing, _ in pairs]
        made = [
            (self._standing(action, item, things), target)
            for item, (_, target) in zip(found, pairs, strict=True)
            if not isinstance(item, BaseException)
        ]
        for error in found:
            if isinstance(error, BaseException) and not (action.passing and made and _left(error)):
                raise error
        return made

    def _standing(self, action: Action, item: Item, things: Sequence[Thing]) -> Item:
        """The item with what stands on it in its preview."""
        lines = stands_on(action, item.thing, things, self._ground.targets)
        return replace(item, preview="\n".join(filter(None, (item.preview, *lines))))

    async def _item(
        self, action: Action, thing: Thing, target: Target, arguments: Mapping[str, str]
    ) -> Item:
        async with self._turn:
            facts = await look(self._hands, action, thing, target)
            thing = pinned(action, thing, facts)
            if bar := action.bars(thing, facts, arguments):
                raise Refused(f"{target.id}: {bar}", "inapplicable")
            await self._hands.granted(target, action.needs(thing, facts, arguments))
            steps = tuple(
                [
                    await self._hands.prepared(target, step)
                    for step in action.steps(thing, facts, arguments)
                ]
            )
            await self._hands.check(target, steps)
            undo = action.undo(thing, facts, arguments)
            return Item(
                thing=thing,
                steps=steps,
                facts={
                    clean(name): clean(value)
                    for name, value in facts.items()
                    if not name.startswith("_")
                },
                effect=action.effect(thing, facts, arguments),
                undo=_undo_text(undo.action, undo.arguments) if undo else "",
                preview=await self._preview(action, thing, target, facts, arguments),
            )

    async def _preview(
        self,
        action: Action,
        thing: Thing,
        target: Target,
        facts: Facts,
        arguments: Mapping[str, str],
    ) -> str:
        how = action.preview
        if how is None:
            return ""
        try:
            if isinstance(how, Rehearsal):
                calls = how.calls(thing, facts, arguments)
                answers = [await self._hands.ask(target, call) for call in calls]
                lines = [line.encode() for line in how.read(thing, facts, arguments, answers)]
            else:
                status, out = await self._hands.ask(target, how(thing, arguments))
                if action.told is not None:
                    said = action.told(thing, arguments, status, out)
                    return "\n".join(clean(line, TOLD_WIDTH) for line in said[:TOLD_LINES])
                lines = out.splitlines()
        except TargetError as error:
            return clean(f"no preview: {error}")
        shown = [clean_bytes(line, PREVIEW_WIDTH) for line in lines[:PREVIEW_LINES]]
        more = len(lines) - len(shown)
        return "\n".join([*shown, *([f"and {more} more lines"] if more > 0 else [])])

    async def options(self, things: Sequence[Thing], names: Sequence[str]) -> list[Option]:
        """What a menu shows of these actions for these objects."""
        return list(await asyncio.gather(*(self._option(things, name) for name in names)))

    async def _option(self, things: Sequence[Thing], name: str) -> Option:
        request = Request(name, tuple(things))
        action, pairs = self._ground.resolve(request)
        targets = [target for _, target in pairs]
        carried = carried_by(action, [thing for thing, _ in pairs], self._ground.targets)
        tier, _ = judged(action, targets, self._ground.policy, carried)
        refusal = Clean("")
        try:
            self._gate.pass_policy(targets)
            self._gate.pass_carried(action, carried)
            arguments = {argument.name: argument.default for argument in action.arguments}
            for thing, target in pairs[:FORECAST]:
                await self._forecast(action, thing, target, arguments)
        except TargetError as error:
            refusal = clean(trouble(error))
        except OpsError as error:
            refusal = clean(str(error))
        return Option(action.id, action.title, action.letter, action.about, tier, refusal)

    async def _forecast(
        self, action: Action, thing: Thing, target: Target, arguments: Mapping[str, str]
    ) -> None:
        async with self._turn:
            facts = await look(self._hands, action, thing, target)
            thing = pinned(action, thing, facts)
            bar = action.bars(thing, facts, arguments)
            if bar and not isinstance(bar, Liftable):
                raise Refused(bar, "inapplicable")
            await self._hands.granted(target, action.needs(thing, facts, arguments))
            for step in action.steps(thing, facts, arguments):
                prepared = await self._hands.prepared(target, step)
                await self._hands.check(target, (prepared,))


def _left(error: BaseException) -> bool:
    """Whether an object is not there any more, or another one in its place."""
    return isinstance(error, Gone) or (isinstance(error, Refused) and error.rule == "moved")


async def look(hands: Hands, action: Action, thing: Thing, target: Target) -> Facts:
    """The object as it is now; raises `Gone`, `TargetError`."""
    return await hands.look(target, action.look, thing)


def is_sudo(item: Item) -> bool:
    """Whether a call of it runs with another account's rights."""
    return any(step.argv[: len(SUDO)] == SUDO for step in item.steps)


def pinned(action: Action, thing: Thing, facts: Facts) -> Thing:
    """The object with its identity as found; raises `Refused` when it is another one by now."""
    was = dict(thing.pins)
    for name in action.pins:
        if name in was and name in facts and facts[name] != was[name]:
            change = clean(f"{name} was {was[name]}, is {facts[name]}")
            raise Refused(f"{thing.name} is not the same any more: {change}", "moved")
    pins: Pins = tuple(
        (name, facts.get(name, was.get(name, "")))
        for name in action.pins
        if name in facts or name in was
    )
    return Thing(thing.target, pins, thing.name, thing.hidden)


def judged(
    action: Action, targets: Sequence[Target], policy: Policy, carried: Sequence[Target] = ()
) -> tuple[Tier, list[str]]:
    """The tier of an action on these targets, one entry per object, and why.

    `carried` are those that stand on them, where they are not safe.
    """
    why: dict[str, Tier] = {}
    live = production(targets, policy)
    if action.weight is Weight.LOSING:
        why["it cannot be taken back"] = Tier.WITNESS
    if len(targets) > policy.bulk:
        why[f"{len(targets)} objects, more than {policy.bulk}"] = Tier.WITNESS
    if live:
        more = f" and {len(live) - 3} more" if len(live) > 3 else ""
        why[f"production: {', '.join(live[:3])}{more}"] = Tier.NAME
    if felt := production(carried, policy):
        more = f" and {len(felt) - 3} more" if len(felt) > 3 else ""
        why[f"production stands on it: {', '.join(felt[:3])}{more}"] = Tier.NAME
    if action.weight is Weight.NOTICED:
        why["others notice"] = Tier.NAME
    if len(targets) > 1:
        why[f"{len(targets)} objects"] = Tier.NAME
    if not why:
        return Tier.YES, ["one object, can be taken back, not production"]
    return max(why.values()), list(why)


def _confirmation(tier: Tier, things: Sequence[Thing]) -> str:
    if tier is Tier.YES:
        return "y"
    if len(things) == 1:
        return things[0].name
    places = sorted({thing.target for thing in things})
    where = places[0] if len(places) == 1 else f"{len(places)} targets"
    return f"{len(things)} on {where}"


def _undo_text(action: str, arguments: Mapping[str, str]) -> str:
    return " ".join([action, *(f"{name}={value}" for name, value in arguments.items())])
