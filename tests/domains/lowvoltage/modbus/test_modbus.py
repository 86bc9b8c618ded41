"""A Modbus device as its panes show it; setpoints and coils are written, proven and taken back."""

from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.domains.lowvoltage.modbus import INTEGRATION
from opsconsole.errors import Gone, Malformed, OpsError, Refused
from opsconsole.fieldmap.register import Answer, Heard, Point, packed
from opsconsole.model import Row, Target
from opsconsole.plan import Ended, Tier
from opsconsole.question import joined
from tests.domains.database.mysql.scene import Operator
from tests.domains.database.trial import Cells, rules, tried
from tests.servers.modbus import Site, modbus
from tests.transports.modbus.scene import Asked, device, target

PROBES = {probe.id.partition(".")[2]: probe for probe in INTEGRATION.probes}
RULES = rules("modbus")
READING = {"key": "supply", "name": "Supply", "judged": "ok"}
AIR = READING | {"physical": "temperature", "place": "room", "value": 24.0}
POINT = {"point": "supply", "state": "ok"}
WRONG: list[tuple[str, Cells, Cells, str]] = [
    ("modbus.reading", READING, {"judged": "warning"}, "warn"),
    ("modbus.reading", READING, {"judged": "critical"}, "crit"),
    ("modbus.rising", AIR, {"value": 40.0}, "crit"),
    ("modbus.point-refused", POINT, {"state": "refused"}, "warn"),
]


@pytest.fixture
async def site() -> AsyncGenerator[Site, None]:
    async with modbus({1: device()}) as one:
        yield one


@pytest.fixture
def to(site: Site, tmp_path: Path) -> Target:
    return target(site, tmp_path)


@pytest.fixture
async def operator(to: Target) -> AsyncGenerator[Operator, None]:
    one = Operator(to, of=INTEGRATION)
    yield one
    await one.close()


def table(probe: str, rows: list[Row]) -> list[dict[str, object]]:
    keys = [column.key for column in PROBES[probe].columns]
    return [dict(zip(keys, row, strict=True)) for row in rows]


def shown(probe: str, payload: bytes) -> list[dict[str, object]]:
    known = PROBES[probe]
    return table(probe, known.rows(known.read(payload), None))


async def test_a_device_is_shown_as_readings_and_points(site: Site, to: Target) -> None:
    site.devices[1].changes[False, 10] = 275
    site.devices[1].changes[False, 11] = 1
    asked = await Asked(to).open()
    payload = (await asked.answer()).payload
    await asked.transport.close()
    (summary,) = shown("summary", payload)
    assert summary == {
        "critical": 1, "warning": 1, "worst": "alarms leak", "hottest_c": 27.5, "readings": 7,
    }  # fmt: skip
    readings = {row["key"]: row for row in shown("reading", payload)}
    assert (readings["supply"]["name"], readings["supply"]["value"]) == ("Supply air", 27.5)
    assert (readings["supply"]["judged"], readings["alarms"]["judged"]) == ("warning", "critical")
    assert readings["energy"]["source"] == "unit 1 fc 3 address 0 u32"
    points = {row["point"]: row for row in shown("point", payload)}
    assert (points["setpoint"]["takes"], points["fan"]["takes"], points["pump"]["takes"]) == (
        "setpoint", "switch", "",
    )  # fmt: skip
    assert (points["setpoint"]["low"], points["setpoint"]["high"]) == (18.0, 27.0)
    assert (points["supply"]["raw"], points["fan"]["raw"]) == ("0113", "1")


async def test_a_setpoint_is_written_proven_and_taken_back(
    site: Site, to: Target, operator: Operator
) -> None:
    plan, body = await operator.propose(
        "modbus.write-setpoint", to, said={"value": "24"}, point="setpoint"
    )
    assert plan.tier is Tier.NAME
    assert plan.items[0].steps[0].argv == ("WRITE", "setpoint", "24.0")
    facts = plan.items[0].facts
    assert (facts["lowest"], facts["highest"], facts["largest step"]) == ("18", "27", "3")
    assert plan.items[0].effect == (
        "setpoint goes from 22.5 to 24 °C; it stays so when this console exits"
    )
    assert plan.items[0].undo == "modbus.write-setpoint value=22.5"
    outcome = await operator.approve(plan, body)
    assert (outcome.ended, site.devices[1].holding[5]) == (Ended.VERIFIED, 240)
    with pytest.raises(Refused, match=r"its map wants \d+ s more"):
        await operator.propose("modbus.write-setpoint", to, said={"value": "23"}, point="setpoint")
    assert (await operator.undo(outcome)).ended is Ended.VERIFIED
    assert site.devices[1].holding[5] == 225


@pytest.mark.parametrize(
    ("action", "point", "said", "why"),
    [
        ("write-setpoint", "setpoint", {"value": "28"}, "outside of 18 to 27 °C, the clamp"),
        ("write-setpoint", "setpoint", {"value": "26"}, "from 22.5 to 26 is more than 3"),
        ("write-setpoint", "setpoint", {"value": "22.5"}, "22.5 already"),
        ("write-setpoint", "setpoint", {"value": "warm"}, "a number, in the unit"),
        ("write-setpoint", "setpoint", {}, "value"),
        ("write-setpoint", "supply", {"value": "20"}, "only read"),
        ("write-setpoint", "fan", {"value": "1"}, "only read"),
        ("switch-coil", "pump", {}, "only read"),
        ("switch-coil", "fan", {"to": "on"}, "it is on already"),
        ("switch-coil", "none", {}, "no point 'none'"),
    ],
)
async def test_what_the_map_does_not_allow_never_becomes_a_plan(
    action: str, point: str, said: dict[str, str], why: str, site: Site, to: Target,
    operator: Operator,
) -> None:  # fmt: skip
    with pytest.raises(OpsError, match=why):
        await operator.propose(f"modbus.{action}", to, said=said, point=point)
    assert not [one for one in site.requests if one[1] in {5, 6, 16}]


async def test_a_coil_is_switched_and_switched_back(to: Target, operator: Operator) -> None:
    outcome = await operator.act("modbus.switch-coil", to, point="fan")
    assert outcome.ended is Ended.VERIFIED
    (undo,) = outcome.undo
    assert undo.arguments == {"to": "on"}
    assert (await operator.undo(outcome)).ended is Ended.VERIFIED


async def test_a_value_that_was_outside_of_the_clamp_cannot_be_taken_back(
    site: Site, to: Target, operator: Operator
) -> None:
    site.devices[1].changes[True, 5] = 160
    plan, _ = await operator.propose(
        "modbus.write-setpoint", to, said={"value": "19"}, point="setpoint"
    )
    assert plan.items[0].undo == ""


async def test_no_point_is_nothing(to: Target, operator: Operator) -> None:
    with pytest.raises((Gone, Refused)):
        await operator.propose("modbus.write-setpoint", to, said={"value": "19"}, point="")


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in WRONG} == RULES.keys()


@pytest.mark.parametrize(("name", "good", "bad", "level"), WRONG)
def test_it_is_raised_and_over(
    name: str,
    good: Cells,
    bad: Cells,
    level: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tried(tmp_path, RULES[name], good, bad, level) == 0, capsys.readouterr().out
    assert tried(tmp_path, RULES[name], good, bad, "warn" if level == "crit" else "crit") == 1


@given(st.binary(max_size=60))
def test_what_is_no_answer_is_malformed(raw: bytes) -> None:
    for probe in INTEGRATION.probes:
        with pytest.raises(Malformed):
            probe.read(raw)


@given(
    st.sampled_from(["u16", "s32", "f32", "f64", "string"]),
    st.lists(st.integers(0, 65535), max_size=5),
    st.text(max_size=40),
)
def test_absurd_registers_survive(kind: str, words: list[int], error: str) -> None:
    point = msgspec.convert({"address": 0, "type": kind, "name": "\x1b[2J" * 99}, Point)
    answer = Answer("\x1b]0;x\x07", [Heard("k\n", point, words, error)], 1)
    payload = joined([packed(answer)])
    for name in ("summary", "reading", "point"):
        for row in shown(name, payload):
            assert "\x1b" not in "".join(map(str, row.values()))
