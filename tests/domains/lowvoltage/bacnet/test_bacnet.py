"""A BACnet device as its panes show it; points are commanded, proven, let go and taken back."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.domains.lowvoltage.bacnet import INTEGRATION
from opsconsole.errors import Malformed, OpsError, Refused
from opsconsole.fieldmap.object import Answer, Heard, packed
from opsconsole.model import Row, Target
from opsconsole.plan import Ended, Tier
from opsconsole.question import joined
from tests.domains.database.mysql.scene import Operator
from tests.domains.database.trial import Cells, rules, tried
from tests.servers.bacnet import Site, bacnet
from tests.transports.bacnet.scene import Asked, target
from tests.transports.doing import done

PROBES = {probe.id.partition(".")[2]: probe for probe in INTEGRATION.probes}
RULES = rules("bacnet")
POINT = {"point": "supply", "state": "ok"}
WRONG: list[tuple[str, Cells, Cells, str]] = [
    ("bacnet.reading", {"key": "supply", "judged": "ok"}, {"judged": "warning"}, "warn"),
    ("bacnet.object-lost", POINT, {"state": "fault"}, "warn"),
    ("bacnet.object-lost", POINT, {"state": "out of service"}, "warn"),
]


@pytest.fixture
async def site() -> AsyncGenerator[Site, None]:
    async with bacnet() as one:
        yield one


@pytest.fixture
def to(site: Site, tmp_path: Path) -> Target:
    return target(site, tmp_path)


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


async def test_a_device_is_shown_as_readings_and_objects(site: Site, to: Target) -> None:
    supply, outside = site.objects["analog-input,1"], site.objects["analog-input,2"]
    supply.presentValue, supply.eventState, supply.statusFlags = 31.0, "high-limit", [1, 0, 0, 0]
    outside.reliability, outside.statusFlags = "no-sensor", [0, 1, 0, 0]
    site.objects["analog-output,4"].outOfService = True
    asked = await Asked(to).open()
    payload = (await asked.answer()).payload
    await asked.transport.close()
    (summary,) = shown("summary", payload)
    assert (summary["critical"], summary["warning"]) == (0, 1)
    assert (summary["worst"], summary["hottest_c"]) == ("Supply air 31 °C", 31)
    (itself,) = shown("device", payload)
    assert (itself["device"], itself["objects"], itself["left_off"]) == ("AHU 1, Any, X", 7, 0)
    readings = {row["key"]: row for row in shown("reading", payload)}
    assert (readings["supply"]["word"], readings["supply"]["judged"]) == (
        "alarm: high limit", "warning",
    )  # fmt: skip
    assert (readings["supply"]["high_warn"], readings["supply"]["whose"]) == (30, "device")
    assert (readings["analog-input,2"]["value"], readings["analog-input,2"]["word"]) == (
        None, "fault: no sensor",
    )  # fmt: skip
    assert readings["binary-input,5"]["word"] == "dirty"
    assert readings["valve"]["word"] == "out of service"
    assert readings["multi-state-input,7"]["word"] == "cooling"
    points = {row["point"]: row for row in shown("point", payload)}
    assert (points["supply"]["state"], points["supply"]["flags"]) == ("alarm", "in alarm")
    assert points["valve"]["state"] == "out of service"
    assert (points["analog-input,2"]["state"], points["setpoint"]["takes"]) == ("fault", "setpoint")
    assert (points["setpoint"]["low"], points["setpoint"]["high"]) == (18, 27)
    assert (points["setpoint"]["priority"], points["setpoint"]["commands"]) == (8, "")


async def test_a_setpoint_is_commanded_proven_and_relinquished(
    site: Site, to: Target, operator: Operator
) -> None:
    plan, body = await operator.propose(
        "bacnet.write-setpoint", to, said={"value": "23"}, point="setpoint"
    )
    assert plan.tier is Tier.NAME
    assert (plan.items[0].facts["priority"], plan.items[0].facts["commanded"]) == ("8", "by nobody")
    assert plan.items[0].effect.startswith("Setpoint goes from 21.0 to 23 °C; it stays commanded")
    assert plan.items[0].undo == "bacnet.relinquish"
    outcome = await operator.approve(plan, body)
    assert outcome.ended is Ended.VERIFIED
    assert site.objects["analog-value,3"].presentValue == 23
    with pytest.raises(Refused, match=r"its map wants \d+ s more"):
        await operator.propose("bacnet.write-setpoint", to, said={"value": "22"}, point="setpoint")
    back = await operator.undo(outcome)
    assert (back.ended, site.objects["analog-value,3"].presentValue) == (Ended.VERIFIED, 21)
    assert site.writes == [("analog-value,3", 23, 8), ("analog-value,3", None, 8)]
    assert back.undo[0].arguments == {"value": "23.0"}


async def test_what_stood_at_that_priority_is_put_back(
    site: Site, to: Target, operator: Operator
) -> None:
    await operator.act("bacnet.write-setpoint", to, said={"value": "40"}, point="valve")
    outcome = await operator.act("bacnet.write-setpoint", to, said={"value": "60"}, point="valve")
    (undo,) = outcome.undo
    assert (undo.action, undo.arguments) == ("bacnet.write-setpoint", {"value": "40.0"})
    assert (await operator.undo(outcome)).ended is Ended.VERIFIED


async def test_a_fan_is_switched_and_let_go(site: Site, to: Target, operator: Operator) -> None:
    outcome = await operator.act("bacnet.switch", to, point="fan")
    assert outcome.ended is Ended.VERIFIED
    assert str(site.objects["binary-output,6"].presentValue) == "active"
    assert (await operator.undo(outcome)).ended is Ended.VERIFIED
    assert site.writes == [("binary-output,6", 1, 8), ("binary-output,6", None, 8)]


async def test_who_commands_at_a_higher_priority_is_told_and_nothing_written(
    site: Site, tmp_path: Path, operator: Operator, to: Target
) -> None:
    text = '[point.v]\nobject = "analog-output,4"\nwrite = { low=0, high=100, priority=5 }\n'
    other = target(site, tmp_path / "..", text)
    await operator.ways.close()
    assert (await done(operator.ways.get("bacnet"), other, "WRITE", "v", "10"))[0] == 0
    target(site, tmp_path)
    site.writes.clear()
    with pytest.raises(OpsError, match="priority 5 commands it: what is written at 10 would"):
        await operator.propose("bacnet.write-setpoint", to, said={"value": "20"}, point="valve")
    assert site.writes == []


@pytest.mark.parametrize(
    ("action", "point", "said", "why"),
    [
        ("write-setpoint", "setpoint", {"value": "28"}, "outside of 18 to 27 °C, the clamp"),
        ("write-setpoint", "setpoint", {"value": "25"}, "from 21.0 to 25 is more than 3"),
        ("write-setpoint", "supply", {"value": "20"}, "only read"),
        ("switch", "fan", {"to": "off"}, "it is off already"),
        ("switch", "setpoint", {}, "only read"),
        ("relinquish", "fan", {}, "nothing stands at priority 8"),
        ("relinquish", "supply", {}, "only read"),
    ],
)
async def test_what_the_map_does_not_allow_never_becomes_a_plan(
    action: str, point: str, said: dict[str, str], why: str, site: Site, to: Target,
    operator: Operator,
) -> None:  # fmt: skip
    with pytest.raises(OpsError, match=why):
        await operator.propose(f"bacnet.{action}", to, said=said, point=point)
    assert site.writes == []


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in WRONG} == RULES.keys()


@pytest.mark.parametrize(("rule", "good", "bad", "level"), WRONG)
def test_it_is_raised_and_over(
    rule: str, good: Cells, bad: Cells, level: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert tried(tmp_path, RULES[rule], good, bad, level) == 0, capsys.readouterr().out
    assert tried(tmp_path, RULES[rule], good, bad, "crit") == 1


@given(st.binary(max_size=60))
def test_what_is_no_answer_is_malformed(raw: bytes) -> None:
    for probe in INTEGRATION.probes:
        with pytest.raises(Malformed):
            probe.read(raw)


@given(
    st.sampled_from([0, 3, 13, 23]),
    st.none() | st.floats() | st.text(max_size=20),
    st.integers(-5, 1 << 40),
    st.lists(st.booleans(), max_size=6),
    st.text(max_size=20),
)
def test_absurd_answers_survive(
    kind: int, raw: float | str | None, number: int, flags: list[bool], text: str
) -> None:
    evil = "\x1b[2J" + text
    heard = Heard(
        kind, number, evil, None, raw, evil, evil, number, (evil,), tuple(flags), number, number,
        (float("nan"), 1e308), (raw,) * 3, raw,
    )  # fmt: skip
    payload = joined([packed(Answer(evil, evil, [heard], number, number))])
    for name in ("summary", "reading", "point", "device"):
        for row in shown(name, payload):
            assert "\x1b" not in "".join(map(str, row.values()))
