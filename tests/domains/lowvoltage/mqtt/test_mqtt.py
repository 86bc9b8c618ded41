"""Devices behind a broker as panes show them; commands are published, proven and taken back."""

from collections.abc import AsyncGenerator, Generator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.domains.lowvoltage.mqtt import INTEGRATION
from opsconsole.domains.lowvoltage.mqtt.action import SWITCH
from opsconsole.errors import Malformed, OpsError, Refused
from opsconsole.fieldmap.message import Answer, Heard, Seen, packed
from opsconsole.fieldmap.topic import Point, Presence
from opsconsole.model import Row, Target
from opsconsole.plan import Ended, Tier
from opsconsole.question import joined
from tests.domains.database.mysql.scene import Operator
from tests.domains.database.trial import Cells, rules, tried
from tests.servers.mosquitto import Broker, Device, broker, device
from tests.transports.mqtt.scene import MAP, STATE, Asked, live, room, target

PROBES = {probe.id.partition(".")[2]: probe for probe in INTEGRATION.probes}
RULES = rules("mqtt")
POINT = {"point": "supply", "state": "live"}
WRONG: list[tuple[str, Cells, Cells, str]] = [
    ("mqtt.reading", {"key": "supply", "judged": "ok"}, {"judged": "critical"}, "crit"),
    ("mqtt.point-lost", POINT, {"state": "stale"}, "warn"),
    ("mqtt.point-lost", POINT, {"state": "offline"}, "warn"),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Generator[Broker, None, None]:
    with broker(tmp_path_factory.mktemp("broker")) as one:
        yield one


@pytest.fixture
def name() -> str:
    return room()


@pytest.fixture
def crac(shared: Broker, name: str) -> Generator[Device, None, None]:
    """A cooling unit, which does as it is told and says so."""
    with device(shared) as one:
        one.tell(f"{name}/crac/there", "online")
        one.tell(f"{name}/crac/state", STATE)
        one.tell(f"{name}/crac/mode", "OFF")
        one.tell(f"{name}/leak", "0")
        one.obey(
            {f"{name}/crac/set": f"{name}/crac/state", f"{name}/crac/mode/set": f"{name}/crac/mode"}
        )
        yield one


@pytest.fixture
def to(shared: Broker, name: str, tmp_path: Path) -> Target:
    return target(shared, tmp_path, MAP.replace("ROOM", name))


@pytest.fixture
async def operator(to: Target) -> AsyncGenerator[Operator, None]:
    one = Operator(to, of=INTEGRATION)
    yield one
    await one.close()


def shown(probe: str, payload: bytes) -> list[dict[str, object]]:
    known = PROBES[probe]
    keys = [column.key for column in known.columns]
    rows: list[Row] = known.rows(known.read(payload), None)
    return [dict(zip(keys, row, strict=True)) for row in rows]


async def test_devices_are_shown_as_readings_and_points(
    crac: Device, name: str, to: Target
) -> None:
    crac.tell(f"{name}/leak", "1")
    crac.tell(f"{name}/crac/state", '{"air": {"supply": 28}, "setpoint": 22}')
    asked = await Asked(to).open()
    await asked.until(live("supply", "setpoint", "mode", "leak"))
    payload = (await asked.answer()).payload
    await asked.transport.close()
    (summary,) = shown("summary", payload)
    assert summary == {
        "critical": 1, "warning": 1, "worst": "leak wet", "hottest_c": 28, "readings": 5,
    }  # fmt: skip
    readings = {row["key"]: row for row in shown("reading", payload)}
    assert (readings["supply"]["name"], readings["supply"]["judged"]) == ("Supply air", "warning")
    assert (readings["mode"]["word"], readings["presence.crac"]["word"]) == ("off", "online")
    assert readings["supply"]["source"] == f"{name}/crac/state air.supply"
    points = {row["point"]: row for row in shown("point", payload)}
    assert [points[key]["takes"] for key in ("setpoint", "mode", "leak")] == [
        "setpoint",
        "switch",
        "",
    ]
    assert (points["setpoint"]["low"], points["setpoint"]["high"]) == (18, 27)
    assert (points["setpoint"]["retained"], points["leak"]["raw"]) == (True, "1")


async def test_a_setpoint_is_published_proven_and_taken_back(
    crac: Device, name: str, to: Target, operator: Operator
) -> None:
    plan, body = await operator.propose(
        "mqtt.write-setpoint", to, said={"value": "24"}, point="setpoint"
    )
    assert plan.tier is Tier.NAME
    facts = plan.items[0].facts
    assert (facts["lowest"], facts["highest"], facts["largest step"]) == ("18", "27", "3")
    assert facts["published on"] == f"{name}/crac/set"
    assert plan.items[0].effect == (
        "setpoint goes from 22.0 to 24 °C; it stays so when this console exits"
    )
    outcome = await operator.approve(plan, body)
    assert outcome.ended is Ended.VERIFIED
    assert crac.commands == [(f"{name}/crac/set", '{"setpoint": 24}', False)]
    with pytest.raises(Refused, match=r"its map wants \d+ s more"):
        await operator.propose("mqtt.write-setpoint", to, said={"value": "23"}, point="setpoint")
    assert (await operator.undo(outcome)).ended is Ended.VERIFIED
    assert crac.commands[1:] == [(f"{name}/crac/set", '{"setpoint": 22}', False)]


async def test_a_state_is_switched_by_its_words(
    crac: Device, name: str, to: Target, operator: Operator
) -> None:
    outcome = await operator.act("mqtt.switch", to, point="mode")
    assert outcome.ended is Ended.VERIFIED
    assert [one[:2] for one in crac.commands] == [(f"{name}/crac/mode/set", "ON")]
    (undo,) = outcome.undo
    assert undo.arguments == {"to": "off"}
    assert (await operator.undo(outcome)).ended is Ended.VERIFIED


@pytest.mark.parametrize(
    ("action", "point", "said", "why"),
    [
        ("write-setpoint", "setpoint", {"value": "28"}, "outside of 18 to 27 °C, the clamp"),
        ("write-setpoint", "setpoint", {"value": "26"}, "from 22.0 to 26 is more than 3"),
        ("write-setpoint", "setpoint", {"value": "22"}, "22 already"),
        ("write-setpoint", "supply", {"value": "20"}, "only read"),
        ("write-setpoint", "mode", {"value": "1"}, "only read"),
        ("switch", "mode", {"to": "off"}, "it is off already"),
        ("switch", "mode", {"to": "mad"}, "say which of running, off"),
        ("switch", "leak", {}, "cannot be told a word"),
        ("switch", "none", {}, "no point 'none'"),
    ],
)
async def test_what_the_map_does_not_allow_never_becomes_a_plan(
    action: str, point: str, said: dict[str, str], why: str, crac: Device, to: Target,
    operator: Operator,
) -> None:  # fmt: skip
    with pytest.raises(OpsError, match=why):
        await operator.propose(f"mqtt.{action}", to, said=said, point=point)
    assert crac.commands == []


async def test_a_device_that_is_away_is_told_nothing(
    crac: Device, name: str, to: Target, operator: Operator
) -> None:
    crac.tell(f"{name}/crac/there", "offline")
    with pytest.raises(OpsError, match=r"offline, says .*: nobody would hear it"):
        await operator.propose("mqtt.switch", to, point="mode")


async def test_a_device_that_does_not_obey_is_no_success(
    crac: Device, name: str, to: Target
) -> None:
    crac.obeys[f"{name}/crac/mode/set"] = ""
    hasty = replace(SWITCH, verify=replace(SWITCH.verify, within_s=0.3))
    operator = Operator(to, of=replace(INTEGRATION, actions=(hasty,)))
    outcome = await operator.act("mqtt.switch", to, point="mode")
    await operator.close()
    assert outcome.ended is Ended.NO_EFFECT
    assert len(crac.commands) == 1


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in WRONG} == RULES.keys()


@pytest.mark.parametrize(("rule", "good", "bad", "level"), WRONG)
def test_it_is_raised_and_over(
    rule: str, good: Cells, bad: Cells, level: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert tried(tmp_path, RULES[rule], good, bad, level) == 0, capsys.readouterr().out
    assert tried(tmp_path, RULES[rule], good, bad, "warn" if level == "crit" else "crit") == 1


@given(st.binary(max_size=60))
def test_what_is_no_answer_is_malformed(raw: bytes) -> None:
    for probe in INTEGRATION.probes:
        with pytest.raises(Malformed):
            probe.read(raw)


@given(st.none() | st.floats() | st.text(max_size=20), st.text(max_size=20), st.floats())
def test_absurd_values_survive(raw: float | str | None, text: str, age: float) -> None:
    evil = "\x1b[2J" * 99 + text
    point = Point(topic="t", name=evil, path="x")
    heard = [Heard("k\n" + text, point, state, raw, age, True, evil) for state in ("live", "stale")]
    seen = [Seen(evil, Presence(topic="w"), None, evil)]
    payload = joined([packed(Answer(evil, heard, seen))])
    for name in ("summary", "reading", "point"):
        for row in shown(name, payload):
            assert "\x1b" not in "".join(map(str, row.values()))
