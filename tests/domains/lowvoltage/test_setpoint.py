"""Setpoints as every wire writes them: judged from what the transport tells of a point."""

import msgspec
import pytest

from opsconsole.clean import Clean
from opsconsole.domains.lowvoltage.setpoint import Way, read_point, setpoint
from opsconsole.errors import Gone, Malformed, Unsupported
from opsconsole.plan import Thing
from opsconsole.spec import Facts

ACTION = setpoint(Way(kind="any", about="Writes.", proof="it reads back"))
THING = Thing("t", (("point", "p"),), Clean("p"))
TOLD: dict[str, object] = {
    "point": "p", "name": "Supply", "value": 20.0, "unit": "°C", "source": "s", "resolution": 0.1,
    "takes": "setpoint", "low": 18, "high": 27, "step": 3, "pause_s": 0, "before": None,
}  # fmt: skip


def facts(**more: object) -> Facts:
    return read_point(THING, 0, msgspec.json.encode({**TOLD, **more}))


@pytest.mark.parametrize(
    ("more", "value", "why"),
    [
        ({}, "23", ""),
        ({}, "24", "more than 3"),
        ({}, "17", "outside of 18 to 27 °C"),
        ({}, "20", "20 already"),
        ({"pause_s": 9}, "21", "9 s more"),
        ({"pause_s": 9, "before": 26.0}, "26", ""),
        ({"takes": ""}, "21", "only read"),
        ({"said": {"_away": "its device is offline"}}, "21", "offline"),
        ({"value": None}, "27", ""),
        ({}, "", ""),
    ],
)
def test_why_it_must_not_be_written(more: dict[str, object], value: str, why: str) -> None:
    said = ACTION.bars(THING, facts(**more), {"value": value})
    assert (why in said) if why else not said


def test_it_worked_when_it_reads_back_as_exactly_as_it_can() -> None:
    held = ACTION.verify.held
    assert held(facts(), facts(value=23.04), {"value": "23"})
    assert not held(facts(), facts(value=23.06), {"value": "23"})
    assert not held(facts(), facts(value=None), {"value": "23"})
    assert not held(facts(), None, {"value": "23"})


def test_it_is_taken_back_where_that_is_within_the_clamp() -> None:
    back = ACTION.undo(THING, facts(), {"value": "23"})
    assert back is not None
    assert (back.action, back.arguments) == ("any.write-setpoint", {"value": "20.0"})
    assert ACTION.undo(THING, facts(value=17.0), {"value": "20"}) is None
    assert ACTION.undo(THING, facts(value=None), {"value": "20"}) is None


def test_what_cannot_be_read_says_so() -> None:
    with pytest.raises(Gone):
        read_point(Thing("t", (), Clean("")), 0, b"{}")
    with pytest.raises(Unsupported, match="illegal address"):
        read_point(THING, 2, b"illegal address")
    with pytest.raises(Malformed):
        read_point(THING, 0, b"\xff{")
