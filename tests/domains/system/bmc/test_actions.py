"""What is done to a server: at a simulated controller, and at the emulator of OpenStack."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from opsconsole.domains.system.bmc import INTEGRATION
from opsconsole.domains.system.bmc.action.document import said
from opsconsole.domains.system.bmc.action.power import (
    FORCE_OFF,
    FORCE_RESTART,
    POWER_ON,
    RESTART,
    RESTART_CONTROLLER,
    SHUTDOWN,
)
from opsconsole.domains.system.bmc.action.setting import BOOT, LOCATOR
from opsconsole.errors import Gone, Refused, Unsupported
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.spec import Action, Facts
from opsconsole.transports.redfish import RedfishTransport
from tests.domains.database.redis.scene import thing
from tests.domains.system.bmc.test_rows import crawl
from tests.servers.redfish import (
    CHASSIS,
    INFO,
    MANAGER,
    MODERN,
    SYSTEM,
    Controller,
    controller,
)
from tests.servers.sampler import Heard
from tests.servers.sushy import UUID, emulator
from tests.transports.doing import done
from tests.transports.redfish.test_pool import target

MACHINE = thing(path=SYSTEM, serial="437XR1138R2")


@pytest.fixture
async def one() -> AsyncGenerator[Controller, None]:
    async with controller() as served:
        yield served


async def looked(action: Action, of: Thing, to: Target) -> Facts:
    """All facts of the object now, as the executor gathers them."""
    facts: dict[str, str] = {}
    looks = [action.look]
    while looks:
        look = looks.pop()
        found = look.read(of, *await done(RedfishTransport(), to, *look.argv(of)))
        facts.update(found)
        looks.extend(look.then(of, facts) if look is action.look else ())
    return facts


async def acted(action: Action, of: Thing, to: Target, **arguments: str) -> tuple[Facts, Facts]:
    """Look, do, look again: it must be verified then. Facts before and after."""
    before = await looked(action, of, to)
    assert action.bars(of, before, arguments) == ""
    assert action.effect(of, before, arguments)
    (step,) = action.steps(of, before, arguments)
    status, out = await done(RedfishTransport(), to, *step.argv)
    assert status == 0, out
    assert not action.verify.held(before, before, arguments)
    async with asyncio.timeout(60):
        while True:
            now = await looked(action, of, to)
            if action.verify.held(before, now, arguments):
                return before, now
            await asyncio.sleep(0.2)


async def test_power_goes_off_and_comes_back(one: Controller) -> None:
    to = target(one)
    assert POWER_ON.bars(MACHINE, await looked(POWER_ON, MACHINE, to), {}) == "it is on already"
    before, now = await acted(SHUTDOWN, MACHINE, to)
    assert (before["power"], now["power"]) == ("on", "off")
    for action in (SHUTDOWN, FORCE_OFF):
        assert action.bars(MACHINE, now, {}) == "it is off already"
    for action in (RESTART, FORCE_RESTART):
        assert "power-on" in action.bars(MACHINE, now, {})
    undo = SHUTDOWN.undo(MACHINE, before, {})
    assert undo is not None
    assert (undo.action, undo.things) == (POWER_ON.id, (MACHINE,))
    await acted(POWER_ON, MACHINE, to)
    await acted(FORCE_OFF, MACHINE, to)
    assert one.open == 0


@pytest.mark.parametrize("action", [RESTART, FORCE_RESTART])
async def test_a_restart_is_proven_by_the_time_of_the_last(action: Action, one: Controller) -> None:
    before, now = await acted(action, MACHINE, target(one))
    assert before["reset_at"] != now["reset_at"]
    assert not action.verify.held(before, {**now, "boot_progress": "MemoryInitialization"}, {})
    assert not action.verify.held(before, None, {})
    del one.tree[SYSTEM]["LastResetTime"]
    facts = await looked(action, MACHINE, target(one))
    assert "nothing would prove it" in action.bars(MACHINE, facts, {})


async def test_only_what_the_controller_allows(one: Controller) -> None:
    one.tree[INFO]["Parameters"][0]["AllowableValues"] = ["On", "PowerCycle", "ForceOff"]
    facts = await looked(RESTART, MACHINE, target(one))
    assert RESTART.bars(MACHINE, facts, {}) == (
        "its controller does not do GracefulRestart, but On, PowerCycle, ForceOff"
    )
    with pytest.raises(Refused):
        RESTART.steps(MACHINE, facts, {})
    (step,) = FORCE_RESTART.steps(MACHINE, facts, {})
    assert step.argv[-1] == '{"ResetType": "PowerCycle"}'
    one.tree[SYSTEM]["Actions"] = {"#ComputerSystem.Reset": {"target": "http://elsewhere/x"}}
    facts = await looked(FORCE_OFF, MACHINE, target(one))
    assert FORCE_OFF.bars(MACHINE, facts, {}) == "its controller has no reset for it"


async def test_the_controller_itself(one: Controller) -> None:
    of = thing(path=MANAGER)
    await acted(RESTART_CONTROLLER, of, target(one))
    del one.tree[MANAGER]["LastResetTime"]
    facts = await looked(RESTART_CONTROLLER, of, target(one))
    assert RESTART_CONTROLLER.bars(of, facts, {})


@pytest.mark.parametrize("path", [SYSTEM, CHASSIS])
async def test_the_locator_by_either_property(path: str, one: Controller) -> None:
    of, to = thing(path=path, serial="437XR1138R2"), target(one)
    one.tree[path]["LocationIndicatorActive"] = False
    before, _ = await acted(LOCATOR, of, to, light="on")
    assert one.tree[path]["LocationIndicatorActive"] is True
    undo = LOCATOR.undo(of, before, {})
    assert undo is not None
    await acted(LOCATOR, of, to, **undo.arguments)
    del one.tree[path]["LocationIndicatorActive"]
    facts = await looked(LOCATOR, of, to)
    assert LOCATOR.bars(of, facts, {"light": "on"}) == (
        "it has no locator that its controller tells of"
    )
    one.tree[path]["IndicatorLED"] = "Off"
    await acted(LOCATOR, of, to, light="on")
    assert one.tree[path]["IndicatorLED"] == "Blinking"
    assert LOCATOR.bars(of, await looked(LOCATOR, of, to), {"light": "on"})


async def test_what_it_boots_from_once(one: Controller) -> None:
    to = target(one)
    before, now = await acted(BOOT, MACHINE, to, source="Pxe")
    assert (now["boot"], now["boot_enabled"]) == ("Pxe", "Once")
    assert "already" in BOOT.bars(MACHINE, now, {"source": "Pxe"})
    assert "cannot boot from Cd, but from None, Pxe, Hdd" in (
        BOOT.bars(MACHINE, now, {"source": "Cd"}).replace("it ", "")
    )
    undo = BOOT.undo(MACHINE, before, {})
    assert undo is not None
    await acted(BOOT, MACHINE, to, **undo.arguments)
    assert BOOT.undo(MACHINE, {**before, "boot_enabled": "Continuous"}, {}) is None


async def test_a_document_that_was_changed_since_is_left_alone(one: Controller) -> None:
    to = target(one)
    facts = await looked(LOCATOR, MACHINE, to)
    (step,) = LOCATOR.steps(MACHINE, facts, {"light": "on"})
    await acted(BOOT, MACHINE, to, source="Pxe")
    status, out = await done(RedfishTransport(), to, *step.argv)
    assert status == 412
    assert said(status, out) == "it was changed since"
    assert one.tree[SYSTEM]["LocationIndicatorActive"] is False


async def test_what_is_gone_or_another(one: Controller) -> None:
    to = target(one)
    with pytest.raises(Gone, match="there is no"):
        await looked(SHUTDOWN, thing(path="/redfish/v1/Systems/2"), to)
    one.tree[SYSTEM]["@odata.id"] = "/redfish/v1/Systems/other"
    with pytest.raises(Gone, match="answers as"):
        await looked(SHUTDOWN, MACHINE, to)
    with pytest.raises(Refused, match="no path"):
        SHUTDOWN.look.argv(thing(path="elsewhere"))
    with pytest.raises(Unsupported, match="nobody"):
        SHUTDOWN.look.read(MACHINE, 500, b'500 \n{"error":{"message":"nobody"}}')


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error":{"@Message.ExtendedInfo":[{"Message":"a"},{"Message":"b"}]}}', "a; b"),
        (b'{"error":{"message":"c"}}', "c"),
        (b'{"error":7}', "status 400"),
        (b"<html>\x1b[2J", "<html>\ufffd[2J"),
        (b"", "status 400"),
        (b"[" * 10_000, "[" * 300),
    ],
)
def test_words_of_a_refusal(body: bytes, words: str) -> None:
    assert said(400, b"400 \n" + body).startswith(words[:200])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str, None, None]:
    folder: Path = tmp_path_factory.mktemp("sushy")
    yield from emulator(folder)


async def test_the_emulator_of_openstack(url: str) -> None:
    to = Target("bmc", "bmc", "redfish", "bmc", settings={"url": url})
    of = thing(path=f"/redfish/v1/Systems/{UUID}")
    assert "nothing would prove it" in RESTART.bars(of, await looked(RESTART, of, to), {})
    _, now = await acted(FORCE_OFF, of, to)
    assert now["name"] == "fake-1"
    before = await looked(BOOT, of, to)
    (step,) = BOOT.steps(of, before, {"source": "Pxe"})
    assert (await done(RedfishTransport(), to, *step.argv))[0] == 0
    now = await looked(BOOT, of, to)
    assert (now["boot"], now["boot_enabled"]) == ("Pxe", "Continuous")  # it knows no "Once"
    assert not BOOT.verify.held(before, now, {"source": "Pxe"})
    assert "power-on" in RESTART.bars(of, now, {})


@pytest.mark.parametrize("exchange", list(INTEGRATION.questions))
async def test_what_is_asked_leads_to_all_that_its_probes_read(
    exchange: str, one: Controller
) -> None:
    transport, heard = RedfishTransport(), Heard()
    session = await transport.open(target(one), INTEGRATION.questions, 60.0, heard)
    session.ask(exchange)
    await heard.until(lambda all_: bool(all_.answers), 30)
    await session.close()
    await transport.close()
    payload = heard.answers[0].payload
    for probe in INTEGRATION.probes:
        if probe.exchange == exchange:
            assert probe.rows(probe.read(payload), None) == probe.rows(probe.read(whole()), None)


def whole() -> bytes:
    """All that the simulated controller knows, but the drive that it does not have."""
    return crawl(MODERN)
