"""Answers of upsd, made or asked of a server of the test, and rows of them by column."""

import asyncio
from collections.abc import Mapping
from typing import Any

from opsconsole import reply
from opsconsole.clean import Clean
from opsconsole.domains.lowvoltage.nut import INTEGRATION
from opsconsole.errors import Gone
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.question import NutAnswer, joined
from opsconsole.spec import Action, Arguments, Facts, Probe
from opsconsole.transports.nut import NutTransport
from tests.servers.nut import RACK
from tests.transports.doing import done
from tests.transports.nut import scene as way

Table = list[dict[str, Any]]


def answer(*devices: Mapping[str, str], error: str = "", since: str = "") -> bytes:
    """What a server says of UPS with these variables, `ups0` and so on."""
    names = [f"ups{number}" for number in range(len(devices))]
    told = [
        NutAnswer(name, error, [] if error else [
            ["VAR", name, key, value, *([since] if key == "ups.status" and since else [])]
            for key, value in values.items()
        ])
        for name, values in zip(names, devices, strict=True)
    ]  # fmt: skip
    listed = NutAnswer("", "", [["UPS", name, f"about {name}"] for name in names])
    version = NutAnswer("", "", [["Network", "UPS", "Tools", "upsd", "2.8.0", "-", "http://x/"]])
    return joined([reply.given([listed]), reply.given(told), reply.given([version])])


def rack(**changes: str | None) -> dict[str, str]:
    """The rack of the tests with other values; `ups_load` is ups.load, None takes one out."""
    changed = {key.replace("_", "."): value for key, value in changes.items()}
    whole: dict[str, str | None] = {**RACK, **changed}
    return {key: value for key, value in whole.items() if value is not None}


def table(probe: Probe[Any], payload: bytes) -> Table:
    """Rows by the keys of their columns."""
    keys = [column.key for column in probe.columns]
    return [dict(zip(keys, row, strict=True)) for row in probe.rows(probe.read(payload), None)]


async def asked(to: Target, exchange: str) -> bytes:
    """What a server answers to an exchange."""
    async with way.opened(to, INTEGRATION.questions) as (session, heard):
        one = await way.asked(session, heard, exchange)
        if one.error:
            raise one.error
        return one.payload


def thing(**pins: str) -> Thing:
    return Thing("ups", tuple(pins.items()), Clean(next(iter(pins.values()))))


async def looked(action: Action, one: Thing, to: Target) -> Facts | None:
    """The object now, with all further looks; None when it is gone."""
    facts: dict[str, str] = {}
    looks = [action.look]
    while looks:
        look = looks.pop()
        status, out = await done(NutTransport(), to, *look.argv(one))
        try:
            facts.update(look.read(one, status, out))
        except Gone:
            return None
        looks += look.then(one, facts)
    return facts


async def acted(
    action: Action, one: Thing, to: Target, arguments: Arguments | None = None
) -> tuple[str, Facts]:
    """Look, do, and wait until it is verified, as the executor would; why it is barred."""
    given = arguments or {}
    before = await looked(action, one, to)
    assert before is not None
    if bar := action.bars(one, before, given):
        return bar, before
    assert action.effect(one, before, given)
    for step in action.steps(one, before, given):
        assert not step.root
        status, out = await done(NutTransport(), to, *step.argv)
        assert status == 0, out
        assert action.says is not None
        assert action.says(status, out) == "the driver did it"
    async with asyncio.timeout(90):
        while not action.verify.held(before, await looked(action, one, to), given):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return "", before
