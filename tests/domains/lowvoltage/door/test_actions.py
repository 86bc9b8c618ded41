"""What is done to doors of a simulated controller, what forbids it, and what proves it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from opsconsole.domains.lowvoltage.door.action import OPEN, REBOOT
from opsconsole.domains.lowvoltage.door.look import said
from opsconsole.errors import Gone, Refused, Unsupported
from opsconsole.plan import Thing
from opsconsole.spec import Action, Facts, Liftable
from opsconsole.transports.isapi import IsapiTransport
from tests.domains.database.redis.scene import thing
from tests.domains.lowvoltage.door.scene import Reached
from tests.servers.isapi import PASSWORD, Controller, controller
from tests.transports.doing import done
from tests.transports.isapi.test_pool import target

LOBBY = thing(door="1")
WAY: dict[str, str] = {"way_out": "other door"}


@pytest.fixture
async def one() -> AsyncGenerator[Controller, None]:
    async with controller() as served:
        yield served


async def looked(action: Action, of: Thing, one: Reached, password: str = PASSWORD) -> Facts:
    """All facts of the object now, as the executor gathers them."""
    facts: dict[str, str] = {}
    to = target(one.url, password)
    looks = [action.look]
    while looks:
        look = looks.pop()
        found = look.read(of, *await done(IsapiTransport(), to, *look.argv(of)))
        facts.update(found)
        looks.extend(look.then(of, facts) if look is action.look else ())
    return facts


async def acted(action: Action, of: Thing, one: Controller, **arguments: str) -> Facts:
    """Look and do; the facts before."""
    before = await looked(action, of, one)
    assert action.bars(of, before, arguments) == ""
    assert action.effect(of, before, arguments)
    (step,) = action.steps(of, before, arguments)
    status, out = await done(IsapiTransport(), target(one.url), *step.argv)
    assert status == 0, out
    return before


async def until(action: Action, of: Thing, one: Controller, before: Facts) -> Facts:
    async with asyncio.timeout(60):
        while True:
            now = await looked(action, of, one)
            if action.verify.held(before, now, {}):
                return now
            await asyncio.sleep(0.1)


async def test_a_door_opens_once_and_is_locked_again(one: Controller) -> None:
    before = await acted(OPEN, LOBBY, one)
    assert not OPEN.verify.held(before, await looked(OPEN, LOBBY, one), {}), "it stands open"
    assert "Lobby (door 1" in OPEN.effect(LOBBY, before, {})
    now = await until(OPEN, LOBBY, one, before)
    assert (now["lock"], now["contact"]) == ("locked", "closed")
    assert not OPEN.verify.held(now, now, {})
    opened = [(e["doorNo"]) for e in one.log if (e["major"], e["minor"]) == (3, 0x400)]
    assert opened == [1]


async def test_a_door_that_stays_open_is_not_done(one: Controller) -> None:
    one.recloses = False
    before = await acted(OPEN, LOBBY, one)
    now = await looked(OPEN, LOBBY, one)
    assert int(now["opened_entry"]) > int(before["opened_entry"])
    assert not OPEN.verify.held(before, now, {})
    one.close_door(1)
    assert OPEN.verify.held(before, await looked(OPEN, LOBBY, one), {})


async def test_another_door_proves_nothing(one: Controller) -> None:
    before = await looked(OPEN, LOBBY, one)
    one.pass_through(2)
    assert not OPEN.verify.held(before, await looked(OPEN, LOBBY, one), {})
    assert not OPEN.verify.held(before, None, {})


@pytest.mark.parametrize(
    ("work", "leaf", "why"),
    [
        ({"fireAlarmStatus": "shortCircuit"}, {}, "a fire alarm is on"),
        ({"hostAntiDismantleStatus": "open"}, {}, "housing is open"),
        ({}, {"mode": 2}, "set to stay open"),
        ({}, {"mode": 3}, "let nobody through"),
        ({}, {"contact": 1}, "it is open"),
        ({}, {"lock": 1}, "it is unlocked"),
        ({}, {"lock": 3}, "wires are at fault"),
    ],
)
async def test_what_forbids_to_open(
    one: Controller, work: dict[str, Any], leaf: dict[str, int], why: str
) -> None:
    one.work |= work
    for name, value in leaf.items():
        setattr(one.leaves[0], name, value)
    assert why in OPEN.bars(LOBBY, await looked(OPEN, LOBBY, one), {})


async def test_without_a_log_nothing_is_opened(one: Controller) -> None:
    one.logs = False
    assert "log" in OPEN.bars(LOBBY, await looked(OPEN, LOBBY, one), {})


async def test_a_door_that_is_not_there(one: Controller) -> None:
    with pytest.raises(Gone, match="no door 3"):
        await looked(OPEN, thing(door="3"), one)
    for name in ("", "0", "1/../2", "all", "65535"):
        with pytest.raises(Refused):
            OPEN.steps(thing(door=name), {}, {})
    with pytest.raises(Unsupported):
        OPEN.look.read(LOBBY, 403, b"403 \nnull")


async def test_a_restart_is_proven_by_its_uptime_or_its_log(one: Controller) -> None:
    for uptime in (86400, None):
        one.uptime = uptime
        before = await acted(REBOOT, thing(), one, **WAY)
        assert REBOOT.verify.held(before, await looked(REBOOT, thing(), one), {})
        assert not REBOOT.verify.held(before, before, {})
        assert not REBOOT.verify.held(
            before, {**before, "serial": "SN-2", "started_entry": "99"}, {}
        )
    assert len([a for a in one.asked if a.path == "/ISAPI/System/reboot"]) == 4, "each after a 401"


async def test_what_forbids_a_restart(one: Controller) -> None:
    facts = await looked(REBOOT, thing(), one)
    lifted = REBOOT.bars(thing(), facts, {"way_out": "none"})
    assert isinstance(lifted, Liftable)
    one.leaves[1].contact = 1
    assert "door 2 is open" in REBOOT.bars(thing(), await looked(REBOOT, thing(), one), WAY)
    one.leaves[1].contact = 0
    one.uptime, one.logs = None, False
    assert "prove" in REBOOT.bars(thing(), await looked(REBOOT, thing(), one), WAY)
    one.work["fireAlarmStatus"] = "brokenCircuit"
    assert "fire" in REBOOT.bars(thing(), await looked(REBOOT, thing(), one), WAY)


def test_what_a_controller_answers_is_said() -> None:
    told = {"ResponseStatus": {"statusString": "Device Busy", "subStatusCode": "deviceBusy"}}
    assert said(2, b"200 \n" + json.dumps(told).encode()) == "Device Busy, deviceBusy"
    flat = {"statusCode": 4, "statusString": "Invalid Operation"}
    assert said(4, b"200 \n" + json.dumps(flat).encode()) == "Invalid Operation"
    assert (said(0, b"200 \nnull"), said(403, b"403 \n")) == ("done", "status 403")
