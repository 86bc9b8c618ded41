"""What devices are told: as their profiles say it, and read back."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import opsconsole.domains.lowvoltage.device.look as looking
from opsconsole.clean import Clean
from opsconsole.domains.lowvoltage.device.action import (
    ACTIONS,
    BEACON_ON,
    MUTE,
    OUTLET_CYCLE,
    OUTLET_OFF,
    OUTLET_ON,
    REBOOT,
    TEST_DEEP,
    TEST_QUICK,
    TEST_STOP,
)
from opsconsole.errors import Refused
from opsconsole.gear.library import OURS, Library
from opsconsole.model import Target
from opsconsole.plan import Ended, Thing, Tier, Undo
from opsconsole.spec import Carried, Weight
from opsconsole.transports.snmp import ber
from tests.domains.lowvoltage.device.scene import (
    ITSELF,
    Operator,
    Person,
    number,
    outlet,
    system,
    target,
    text,
)
from tests.servers.agent import Object, recorded
from tests.servers.obeying import Obeying, Reacting, obeying

UPS = "1.3.6.1.2.1.33.1"
ASKED, LOCK, RESULT, BEGAN = (f"{UPS}.7.{n}.0" for n in (1, 2, 3, 5))
QUICK, DEEP, ABORT = (f"{UPS}.7.7.{n}" for n in (4, 5, 2))
BEEPER = f"{UPS}.9.8.0"


def ups(**changes: int) -> list[Object]:
    """A UPS of nobody's, by RFC 1628."""
    has = {"battery": 2, "charge": 100, "source": 3, "alarms": 0, "result": 6} | changes
    return [
        *system("1.3.6.1.4.1.99999"),
        number(f"{UPS}.2.1.0", has["battery"]),
        number(f"{UPS}.2.3.0", 30),
        number(f"{UPS}.2.4.0", has["charge"]),
        number(f"{UPS}.4.1.0", has["source"]),
        number(f"{UPS}.6.1.0", has["alarms"]),
        (ber.name(ASKED), ber.packed(6, ber.name(f"{UPS}.7.7.1"))),
        number(LOCK, 41),
        number(RESULT, has["result"]),
        (ber.name(BEGAN), ber.number(0, 0x43)),
        number(BEEPER, 2),
    ]


def battery(device: Obeying, oid: str, value: object) -> int:
    if oid == ASKED:
        device.number(RESULT, 4 if value == ABORT else 5)
    elif oid == BEEPER:
        device.number(BEEPER, 3)
    return 0


def refused(_device: Obeying, _oid: str, _value: object) -> int:
    return 17


def deaf(_device: Obeying, _oid: str, _value: object) -> int:
    return 0


@asynccontextmanager
async def person(
    objects: list[Object], reacting: Reacting, folder: Path
) -> AsyncGenerator[tuple[Person, Obeying], None]:
    async with obeying(objects, reacting) as device:
        one = Person(device, folder)
        try:
            yield one, device
        finally:
            await one.transport.close()


async def test_a_battery_is_tested_as_rfc_1628_wants_it(tmp_path: Path) -> None:
    async with person(ups(), battery, tmp_path) as (one, device):
        assert await one.acted(TEST_QUICK) == ""
        assert device.written == [(ASKED, QUICK), (LOCK, 41)]
        assert await one.acted(TEST_QUICK) == "a test is under way"
        assert await one.acted(TEST_STOP) == ""
        assert (await one.acted(TEST_DEEP, ITSELF, {"behind": "nothing"})).startswith("say what")
        assert await one.acted(TEST_DEEP, ITSELF, {"behind": "generator"}) == ""
        told = [value for oid, value in device.written if oid == ASKED]
        assert told == [QUICK, ABORT, DEEP]


async def test_a_test_that_is_over_before_anybody_looks_counts_by_its_time(
    tmp_path: Path,
) -> None:
    def at_once(device: Obeying, oid: str, _value: object) -> int:
        if oid == ASKED:
            device.number(RESULT, 1)
            device.put(BEGAN, ber.number(777, 0x43))
        return 0

    async with person(ups(result=1), at_once, tmp_path) as (one, _):
        before = await one.looked(TEST_QUICK)
        assert before is not None
        assert not TEST_QUICK.verify.held(before, before, {}), "the last one proves nothing"
        assert await one.acted(TEST_QUICK) == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"source": 5}, "its output is battery: a test needs mains"),
        ({"charge": 60}, "its charge is 60 %, less than 90 %"),
        ({"alarms": 2}, "it has 2 alarms: see its readings"),
        ({"battery": 3}, "its battery is bad: a test may drop the load"),
        ({"result": 5}, "a test is under way"),
    ],
)
async def test_a_test_needs_a_calm_ups(changes: dict[str, int], why: str, tmp_path: Path) -> None:
    async with person(ups(**changes), battery, tmp_path) as (one, device):
        assert await one.acted(TEST_QUICK) == why
        assert device.written == []


async def test_a_buzzer_is_muted_once(tmp_path: Path) -> None:
    async with person(ups(), battery, tmp_path) as (one, device):
        assert await one.acted(MUTE) == ""
        assert await one.acted(MUTE) == f"it is so already: {BEEPER} = 3"
        assert device.written == [(BEEPER, 3)]


async def test_what_a_device_refuses_is_told(tmp_path: Path) -> None:
    async with person(ups(), refused, tmp_path) as (one, _):
        assert await one.acted(MUTE) == "refused: notWritable at 1"


async def test_what_no_profile_knows_is_barred(tmp_path: Path) -> None:
    async with person(ups(), battery, tmp_path) as (one, device):
        for action in ACTIONS:
            if not action.probes and action not in {TEST_QUICK, TEST_DEEP, TEST_STOP, MUTE}:
                assert await one.acted(action) == "no profile that fits it knows how", action.id
        assert device.written == []


CONTROL, STATE = "1.3.6.1.4.1.318.1.1.12.3.3.1.1.4", "1.3.6.1.4.1.318.1.1.12.3.5.1.1.4"
PDU = [
    *system("1.3.6.1.4.1.318.1.3.4.5"),
    *(number(f"{CONTROL}.{n}", 1) for n in (1, 2)),
    *(text(f"1.3.6.1.4.1.318.1.1.12.3.5.1.1.2.{n}", f"srv-{n}") for n in (1, 2)),
    *(number(f"{STATE}.{n}", 1) for n in (1, 2)),
    number("1.3.6.1.4.1.318.2.2.1.0", 2),
]


def switched(device: Obeying, oid: str, value: object) -> int:
    """Relays of a PDU: on at once, off at once, or off for the next four questions."""
    place = oid.rpartition(".")[2]
    if oid.startswith(CONTROL):
        device.number(f"{STATE}.{place}", 1 if value == 1 else 2)
        left = [4]

        def later() -> None:
            left[0] -= 1
            if not left[0]:
                device.number(f"{STATE}.{place}", 1)

        device.looks = later if value == 3 else lambda: None
        return 0
    device.put("1.3.6.1.2.1.1.3.0", ber.number(100, 0x43))
    return 0


async def test_outlets_are_switched_and_read_back(tmp_path: Path) -> None:
    async with person(PDU, switched, tmp_path) as (one, device):
        second = outlet("2")
        facts = await one.looked(OUTLET_OFF, second)
        assert facts is not None
        assert (facts["outlet"], facts["name"], facts["state"]) == ("2", "srv-2", "on")
        assert OUTLET_OFF.undo(second, facts, {}) == Undo("device.outlet-on", (second,))
        assert await one.acted(OUTLET_ON, second) == f"it is so already: {STATE}.2 = 1"
        assert await one.acted(OUTLET_OFF, second) == ""
        assert await one.acted(OUTLET_CYCLE, second) == f"it is not on: {STATE}.2 = 2"
        assert await one.acted(OUTLET_ON, second) == ""
        assert await one.acted(OUTLET_CYCLE, second) == ""
        assert device.written == [(f"{CONTROL}.2", value) for value in (2, 1, 3)]
        assert await one.looked(OUTLET_OFF, outlet("3")) is None


async def test_the_executor_tells_who_goes_dark_and_proves_what_it_did(tmp_path: Path) -> None:
    fed = [
        Target("db-1", "host", "ssh", labels={"env": "lab"}, depends_on=("ups-1",),
               fed_by=("ups-1/2",)),
        Target("web-1", "host", "ssh", labels={"env": "lab"}, depends_on=("ups-1",),
               fed_by=("ups-1/1",)),
    ]  # fmt: skip
    async with obeying(PDU, switched) as device:
        to = replace(target(device.agent.address, tmp_path), labels={"env": "lab"})
        somebody = Operator(to, *fed)
        try:
            _, plan = await somebody.plan("outlet-off", outlet("2"))
            assert plan.tier is Tier.WITNESS
            assert plan.items[0].preview.splitlines() == [
                "cut off: 1 target that depends on ups-1/2", "  db-1 (host, env lab)",
            ]  # fmt: skip
            outcome = await somebody.act("outlet-off", outlet("2"))
            assert outcome.ended is Ended.VERIFIED
            assert device.written == [(f"{CONTROL}.2", 2)]
            renamed = Thing("ups-1", (("outlet", "1"), ("name", "srv-9")), Clean("1"))
            with pytest.raises(Refused, match="is not the same any more"):
                await somebody.plan("outlet-off", renamed)
        finally:
            await somebody.close()


async def test_a_protected_host_keeps_its_outlet(tmp_path: Path) -> None:
    host = Target("fw-1", "host", "ssh", labels={"env": "lab", "protected": "the way in"},
                  depends_on=("ups-1",), fed_by=("ups-1/2",))  # fmt: skip
    async with obeying(PDU, switched) as device:
        somebody = Operator(target(device.agent.address, tmp_path), host)
        try:
            with pytest.raises(Refused, match="it would be cut off"):
                await somebody.plan("outlet-cycle", outlet("2"))
            assert device.written == []
        finally:
            await somebody.close()


async def test_a_cycle_that_was_never_seen_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opsconsole.domains.lowvoltage.device.action.SECONDS", 0.5)
    async with person(PDU, deaf, tmp_path) as (one, _):
        assert await one.acted(OUTLET_CYCLE, outlet("1")) == f"refused: {STATE}.1 1, not 2"


async def test_a_controller_that_began_anew_proves_its_restart(tmp_path: Path) -> None:
    async with person(PDU, switched, tmp_path) as (one, device):
        assert await one.acted(REBOOT) == ""
        assert device.written == [("1.3.6.1.4.1.318.2.2.1.0", 1)]


BLINKS = """
[[match]]
object = "1.3.6.1.4.1.99999"
[[action]]
does = "beacon-on"
set = "1.3.6.1.4.1.99999.9.1.0"
type = "s"
value = "blink"
read = "1.3.6.1.4.1.99999.9.2.0"
expected = ["blinking", "~ ^on"]
"""


async def test_a_profile_of_the_operator_is_all_that_an_action_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text(BLINKS)
    monkeypatch.setattr(looking, "LIBRARY", Library([OURS, tmp_path]))

    def lit(device: Obeying, _oid: str, value: object) -> int:
        assert value == b"blink"
        device.put("1.3.6.1.4.1.99999.9.2.0", ber.packed(4, b"on, 2 Hz"))
        return 0

    light = [*system("1.3.6.1.4.1.99999.1"), text("1.3.6.1.4.1.99999.9.2.0", "off")]
    async with person(light, lit, tmp_path) as (one, device):
        assert await one.acted(BEACON_ON) == ""
        assert [oid for oid, _ in device.written] == ["1.3.6.1.4.1.99999.9.1.0"]


ALIKE = """
[[match]]
object = "1.3.6.1.4.1.99999"
[[table]]
entry = "1.3.6.1.4.1.99999.3"
row = "{2}"
name = "{2}"
[[table.sensor]]
value = 3
states = { 0 = "off", 1 = "on" }
role = "outlet.state"
[[table.action]]
does = "outlet-off"
set = 3
value = 0
"""


async def test_of_outlets_that_are_named_alike_none_is_switched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text(ALIKE)
    monkeypatch.setattr(looking, "LIBRARY", Library([OURS, tmp_path]))
    row = "1.3.6.1.4.1.99999.3"
    names = [text(f"{row}.2.{n}", said) for n, said in ((1, "a"), (2, "b"), (3, "b"))]
    objects = [*system("1.3.6.1.4.1.99999.1"), *names]
    objects += [number(f"{row}.3.{n}", 1) for n in (1, 2, 3)]

    def off(device: Obeying, oid: str, _value: object) -> int:
        device.number(oid, 0)
        return 0

    async with person(objects, off, tmp_path) as (one, device):
        assert await one.acted(OUTLET_OFF, outlet("a")) == ""
        with pytest.raises(Refused, match="2 of its outlets are named b"):
            await one.acted(OUTLET_OFF, outlet("b"))
        assert device.written == [(f"{row}.3.1", 0)]


async def test_every_outlet_of_a_recorded_pdu_can_be_told(recordings: Path, tmp_path: Path) -> None:
    recording = recordings / "snmp" / "eatonpdu_2.snmprec"
    async with person(recorded(recording), deaf, tmp_path) as (one, _):
        for number_ in (1, 24):
            facts = await one.looked(OUTLET_CYCLE, outlet(f"0.{number_}"))
            assert facts is not None
            assert (facts["state"], facts["_why"]) == ("on", "")
            steps = OUTLET_CYCLE.steps(outlet(f"0.{number_}"), facts, {})
            control = "1.3.6.1.4.1.534.6.6.7.6.6.1"
            assert [step.argv[:4] for step in steps] == [
                ("SET", f"{control}.5.0.{number_}", "i", "0"),
                ("AWAIT", "30", f"{control}.2.0.{number_}", "0"),
            ]


def test_only_what_takes_power_tells_who_stands_on_it() -> None:
    cut = {action.id for action in ACTIONS if action.carried is Carried.CUT}
    assert cut == {"device.outlet-off", "device.outlet-cycle"}
    assert {a.id for a in ACTIONS if a.weight is Weight.LOSING} == cut
    assert {a.outlet for a in ACTIONS if a.probes} == {"outlet"}


def test_rows_choose_what_a_menu_offers() -> None:
    assert OUTLET_ON.fits({"state": Clean("off")})
    assert not OUTLET_ON.fits({"state": Clean("on")})
    assert OUTLET_CYCLE.fits({"state": Clean("on")})
    assert not OUTLET_CYCLE.fits({"state": Clean("off")})
    assert [TEST_QUICK.fits({"class": Clean(one)}) for one in ("ups", "unknown", "pdu")] == [
        True, True, False,
    ]  # fmt: skip
