"""Real upsd: what it says, and what real drivers make of what they are told."""

from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole.domains.lowvoltage.nut import INTEGRATION
from opsconsole.domains.lowvoltage.nut.action import (
    ACTIONS,
    BYPASS_START,
    LOAD_OFF,
    LOAD_ON,
    MUTE,
    SHUTDOWN_RETURN,
    TEST_DEEP,
    TEST_QUICK,
    TEST_STOP,
)
from opsconsole.domains.lowvoltage.nut.setting import SET_VARIABLE
from opsconsole.domains.lowvoltage.nut.ups import UPS
from opsconsole.plan import Undo
from tests.domains.lowvoltage.nut.scene import acted, asked, looked, table, thing
from tests.servers.nut import Megatec, Upsd, upsd
from tests.transports.nut.scene import acting, target

pytestmark = pytest.mark.server

Bench = tuple[Upsd, Megatec]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Generator[Bench, None, None]:
    device = Megatec()
    with upsd(tmp_path_factory.mktemp("upsd"), ("rack1",), megatec=device) as server:
        yield server, device
    device.close()


async def test_every_question_is_answered(bench: Bench) -> None:
    for exchange in INTEGRATION.exchanges:
        payload = await asked(target(bench[0]), exchange.name)
        for probe in INTEGRATION.probes:
            if probe.exchange == exchange.name:
                assert table(probe, payload) or probe.id == "nut.client", probe.id


async def test_two_makes_look_alike(bench: Bench) -> None:
    rows = {row["ups"]: row for row in table(UPS, await asked(target(bench[0]), "ups"))}
    assert rows["rack1"]["mode"] == rows["bench"]["mode"] == "on line"
    assert rows["bench"]["charge_percent"] == 100
    assert (rows["bench"]["input_v"], rows["bench"]["input_hz"]) == (231, 50)
    assert rows["bench"]["model"] == "Opsconsole Bench"


async def test_a_battery_is_tested_and_the_test_stopped(bench: Bench, tmp_path: Path) -> None:
    server, device = bench
    to, one = acting(server, tmp_path), thing(ups="bench")
    bar, before = await acted(TEST_QUICK, one, to)
    assert (bar, device.bits["test"]) == ("", 1)
    assert TEST_QUICK.undo(one, before, {}) == Undo("nut.test-stop", (one,))
    bar, _ = await acted(TEST_QUICK, one, to)
    assert bar == "a test is under way"
    bar, _ = await acted(TEST_STOP, one, to)
    assert (bar, device.bits["test"]) == ("", 0)
    bar, _ = await acted(TEST_DEEP, one, to, {"behind": "nothing"})
    assert bar.startswith("say what feeds the load")
    bar, _ = await acted(TEST_DEEP, one, to, {"behind": "generator"})
    assert (bar, device.bits["test"]) == ("", 1)
    assert [said for said in device.heard if said in {"T", "TL", "CT"}] == ["T", "CT", "TL"]
    await acted(TEST_STOP, one, to)


async def test_a_buzzer_is_muted_once(bench: Bench, tmp_path: Path) -> None:
    to, one = acting(bench[0], tmp_path), thing(ups="bench")
    assert (await acted(MUTE, one, to))[0] == ""
    assert bench[1].bits["beep"] == 0
    assert (await acted(MUTE, one, to))[0] == "its buzzer is disabled already"


async def test_what_a_ups_does_not_list_is_barred(bench: Bench, tmp_path: Path) -> None:
    to, listed = acting(bench[0], tmp_path), {"load.off"}
    heard = len(bench[1].heard)
    for action in ACTIONS:
        if action is not SET_VARIABLE and action is not LOAD_OFF:
            bar, facts = await acted(action, thing(ups="rack1"), to, {"behind": "generator"})
            assert bar.startswith("it does not list the command "), action.id
            assert facts["_commands"].split() == sorted(listed)
    assert (await acted(BYPASS_START, thing(ups="bench"), to))[0].endswith("bypass.start")
    assert len(bench[1].heard) == heard


async def test_a_load_is_switched_off_as_the_device_is_told(bench: Bench, tmp_path: Path) -> None:
    server, device = bench
    to, one = acting(server, tmp_path), thing(ups="bench")
    assert (await acted(LOAD_ON, one, to))[0] == "its output is not off"
    bar, before = await acted(LOAD_OFF, one, to)
    assert (bar, device.bits["off"]) == ("", 1)
    assert LOAD_OFF.undo(one, before, {}) == Undo("nut.load-on", (one,))
    assert (await acted(LOAD_OFF, one, to))[0] == "its output is off already"
    assert (await acted(LOAD_ON, one, to))[0] == ""
    assert (await acted(SHUTDOWN_RETURN, one, to))[0] == ""
    assert [said[0] for said in device.heard if said[0] in "SC" and said != "CT"] == list("SCS")
    assert (await acted(LOAD_ON, one, to))[0] == ""


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("ups.status", "OB DISCHRG", "it is on battery: a test needs mains"),
        ("ups.status", "OL ALARM", "it has an alarm: see its display"),
        ("battery.charge", "70", "its charge is 70 %, less than 90 %"),
        ("ups.status", "OL RB", "it wants its battery replaced: a test may drop the load"),
    ],
)
async def test_a_test_needs_a_calm_ups(
    bench: Bench, variable: str, value: str, why: str, tmp_path: Path
) -> None:
    server, to = bench[0], acting(bench[0], tmp_path)
    before = server.get("rack1", variable)
    server.set("rack1", variable, value)
    facts = await looked(TEST_QUICK, thing(ups="rack1"), to)
    server.set("rack1", variable, before)
    assert facts is not None
    able = {**facts, "_commands": "test.battery.start.quick"}
    assert TEST_QUICK.bars(thing(ups="rack1"), able, {}) == why


async def test_a_variable_is_set_and_its_old_value_kept(bench: Bench, tmp_path: Path) -> None:
    to, one = acting(bench[0], tmp_path), thing(variable="battery.charge.low", ups="rack1")
    bar, before = await acted(SET_VARIABLE, one, to, {"value": "35"})
    assert (bar, before["value"], before["type"]) == ("", "20", "RW NUMBER")
    assert SET_VARIABLE.undo(one, before, {}) == Undo("nut.set-variable", (one,), {"value": "20"})
    assert (await acted(SET_VARIABLE, one, to, {"value": "x"}))[0] == "'x' is no number"
    assert (await acted(SET_VARIABLE, one, to, {"value": "35"}))[0] == "it is '35' already"
    assert (await acted(SET_VARIABLE, one, to, {"value": "20"}))[0] == ""
    fixed = thing(variable="driver.version", ups="rack1")
    bar, _ = await acted(SET_VARIABLE, fixed, to, {"value": "9"})
    assert bar == "the device lets nobody set it"
    assert await looked(SET_VARIABLE, thing(variable="no.such", ups="rack1"), to) is None
    assert await looked(TEST_QUICK, thing(ups="nobody"), to) is None
