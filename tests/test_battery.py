"""Minutes that batteries last: as told, as their charge falls, and whichever is shorter."""

import math
from collections.abc import Sequence
from typing import cast

import pytest

from opsconsole import registry
from opsconsole.battery import Battery, Supply, batteries, ending, measured
from opsconsole.model import Row

SUPPLY = Supply("x.ups", "mode", frozenset({"on battery"}), frozenset({"off"}), part="name")
COLUMNS = ("name", "mode", "charge_percent", "load_percent", "runtime_s")


def told(
    *rows: tuple[object, ...], charges: tuple[float, ...] = (), age: float = 0.0
) -> list[Battery]:
    known = cast("Sequence[Row]", rows)
    return batteries(SUPPLY, "ups", COLUMNS, ("name",), known, lambda _: charges, 10.0, age)


def test_what_the_device_tells_runs_down_between_its_answers() -> None:
    (one,) = told(("a", "on battery", 80.0, 45.0, 600.0), age=7.0)
    assert (one.source, one.left, one.charge, one.load) == ("ups", 593.0, 80.0, 45.0)
    (one,) = told(("a", "on line", 100.0, 45.0, 600.0), age=7.0)
    assert (one.left, one.on_battery, one.measured) == (600.0, False, None)
    (one,) = told(("a", "off", 100.0, 0.0, 600.0))
    assert (one.left, one.dark) == (0.0, True)
    (one,) = told(("a", "on battery", None, None, None))
    assert one.left is None


def test_of_told_and_measured_the_shorter_counts() -> None:
    falling = tuple(100.0 - step for step in range(21))
    (one,) = told(("a", "on battery", 80.0, 45.0, 3000.0), charges=falling)
    assert (one.told, one.measured, one.left) == (3000.0, 800.0, 800.0)
    (one,) = told(("a", "on battery", 80.0, 45.0, 300.0), charges=falling)
    assert one.left == 300.0


@pytest.mark.parametrize(
    ("charges", "seconds"),
    [
        ((100.0,) * 50, None),
        ((*(100.0,) * 50, *(100.0 - step / 2 for step in range(1, 21))), 1800.0),
        ((*range(50, 90), *(90.0 - step for step in range(1, 21))), 700.0),
        ((100.0, 99.0, 98.0), None),
        ((100.0, math.nan, *(90.0 - step for step in range(21))), 700.0),
        ((*(90.0 - step for step in range(21)), 75.0), None),
        ((), None),
        ((math.nan,), None),
    ],
)
def test_only_the_last_fall_counts(charges: tuple[float, ...], seconds: float | None) -> None:
    assert measured(charges, 10.0) == seconds


def test_one_of_several_is_named_as_the_estate_names_it() -> None:
    both = told(("a", "on battery", 80.0, 1.0, 60.0), ("b", "on line", 99.0, 1.0, 900.0))
    assert [one.source for one in both] == ["ups/a", "ups/b"]
    assert ending(both) == {"ups/a": 60.0}
    assert ending(both, "ups") == {"ups/a": 60.0, "ups/b": 900.0}
    assert ending(both, "pdu") == {"ups/a": 60.0, "pdu": 0.0}
    assert ending(both[1:]) == {"ups/b": 900.0}, "as if the mains failed now"
    assert ending([]) == {}


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, "x", True])
def test_absurd_values_are_not_known(value: float | str | bool) -> None:
    (one,) = told(("a", "on battery", value, value, value))
    assert (one.charge, one.load, one.told) == (None, None, None)


@pytest.mark.parametrize("kind", [k for k, one in registry.integrations().items() if one.supply])
def test_an_integration_tells_of_batteries_in_rows_that_are_always_there(kind: str) -> None:
    known = registry.integrations()[kind]
    supply = known.supply
    assert supply is not None
    (probe,) = (one for one in known.probes if one.id == supply.probe)
    columns = {column.key for column in probe.columns}
    assert columns >= {supply.state, "charge_percent", "load_percent", "runtime_s"}
    assert not probe.on_demand
    assert not supply.part or probe.key == (supply.part,)
    history = {column.key for column in probe.columns if column.history}
    assert "charge_percent" in history, "or nothing can be measured"
