"""Answers of an account, made here or asked of the simulation; looks and deeds."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from opsconsole import cloud
from opsconsole.clean import Clean
from opsconsole.domains.cloud.aws import INTEGRATION
from opsconsole.errors import Gone
from opsconsole.model import Target
from opsconsole.plan import Step, Thing
from opsconsole.question import Part, joined
from opsconsole.spec import Action, Arguments, Facts, Probe, Rehearsal
from opsconsole.transports.aws import AwsTransport
from tests.domains.database.redis.scene import Table, table
from tests.transports.aws.scene import answer as answered
from tests.transports.aws.scene import opened
from tests.transports.doing import done

AT = 1_764_000_000.0
"""2025-11-24, 16:00 UTC: a Monday."""


def answer(*lists: list[Any], region: str = "eu-west-1") -> bytes:
    """Answers with these items, one for each call of the exchange."""
    return joined([Part(0, cloud.answered(AT, [(region, one, False)])) for one in lists])


async def seen(to: Target, *probes: Probe[Any]) -> list[Table]:
    """Rows of probes, asked over one session."""
    rows: list[Table] = []
    async with opened(to, INTEGRATION.questions) as (session, heard):
        for probe in probes:
            said = await answered(session, heard, probe.exchange)
            assert said.error is None, said.error
            rows.append(table(probe, said.payload))
    return rows


def thing(name: str, **pins: str) -> Thing:
    return Thing("shop", tuple(pins.items()), Clean(name))


class Operator:
    """Looks and does, over one transport."""

    def __init__(self, to: Target) -> None:
        self.to = to
        self.way = AwsTransport()

    async def looked(self, action: Action, one: Thing) -> Facts | None:
        status, out = await done(self.way, self.to, *action.look.argv(one))
        try:
            found = dict(action.look.read(one, status, out))
        except Gone:
            return None
        for more in action.look.then(one, found):
            found |= more.read(one, *await done(self.way, self.to, *more.argv(one)))
        return found

    async def barred(self, action: Action, one: Thing, arguments: Arguments = {}) -> str:  # noqa: B006
        facts = await self.looked(action, one)
        assert facts is not None
        return action.bars(one, facts, arguments)

    async def rehearsed(
        self, action: Action, one: Thing, facts: Facts, arguments: Arguments
    ) -> Sequence[str]:
        """What its rehearsal says."""
        assert isinstance(action.preview, Rehearsal)
        calls = action.preview.calls(one, facts, arguments)
        answers = [await done(self.way, self.to, *argv) for argv in calls]
        return action.preview.read(one, facts, arguments, answers)

    async def acted(
        self,
        action: Action,
        one: Thing,
        arguments: Arguments = {},  # noqa: B006
        *,
        tried: bool = True,
    ) -> Facts:
        """Look, preview, do, and wait until it is verified; the facts before. `tried` is off where
        the simulation does what it should only try.
        """
        before = await self.looked(action, one)
        assert before is not None
        assert action.bars(one, before, arguments) == ""
        assert action.effect(one, before, arguments)
        pinned = Thing(
            one.target, tuple((pin, before[pin]) for pin in action.pins if pin in before), one.name
        )
        if isinstance(action.preview, Rehearsal):
            assert await self.rehearsed(action, pinned, before, arguments)
        elif action.preview is not None and tried:
            _, said = await done(self.way, self.to, *action.preview(pinned, arguments))
            assert b"DryRun" in said, said
        for step in action.steps(pinned, before, arguments):
            status, out = await done(self.way, self.to, *step.argv)
            assert status == 0, out
        async with asyncio.timeout(60):
            while not action.verify.held(before, await self.looked(action, one), arguments):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return before


def said(steps: tuple[Step, ...]) -> Mapping[str, Any]:
    """The parameters of the only call."""
    (step,) = steps
    found: dict[str, Any] = json.loads(step.argv[3])
    return found
