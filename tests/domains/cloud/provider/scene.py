"""Somebody who acts in a cloud, as the executor would."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from opsconsole.clean import Clean
from opsconsole.errors import Gone
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.spec import Action, Facts
from opsconsole.transports.libcloud import LibcloudTransport
from tests.transports.doing import done


class Operator:
    """Looks and does as the executor would."""

    def __init__(self, to: Target) -> None:
        self.to = to
        self.way = LibcloudTransport()

    async def looked(self, action: Action, one: Thing) -> Facts | None:
        status, out = await done(self.way, self.to, *action.look.argv(one))
        try:
            return action.look.read(one, status, out)
        except Gone:
            return None

    async def barred(self, action: Action, one: Thing) -> str:
        facts = await self.looked(action, one)
        assert facts is not None
        return action.bars(one, facts, {})

    async def acted(
        self, action: Action, one: Thing, arguments: Mapping[str, str] = MappingProxyType({})
    ) -> Facts:
        before = await self.looked(action, one)
        assert before is not None
        assert action.bars(one, before, arguments) == ""
        assert action.effect(one, before, arguments)
        (step,) = action.steps(one, before, arguments)
        status, out = await done(self.way, self.to, *step.argv)
        assert status == 0, out
        async with asyncio.timeout(60):
            while not action.verify.held(before, await self.looked(action, one), arguments):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return before


def thing(**pins: str) -> Thing:
    return Thing("lab", tuple(pins.items()), Clean(next(iter(pins.values()))))
