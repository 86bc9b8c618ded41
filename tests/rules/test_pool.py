"""Keys that targets have alike are one object, and what only seems alike is not."""

import pytest

from opsconsole.clean import clean
from opsconsole.model import Value
from opsconsole.rules import pool
from opsconsole.rules.pool import shared


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_held", {})


def _key(*values: str | float) -> tuple[Value, ...]:
    return tuple([clean(each) if isinstance(each, str) else each for each in values])


def test_equal_keys_and_sets_of_them_are_one() -> None:
    first = shared(_key("eth0", "up"))
    assert shared(_key("eth0", "up")) is first
    assert shared(frozenset([_key("lo"), first])) is shared(frozenset([first, _key("lo")]))


def test_a_number_is_not_taken_for_another_that_equals_it() -> None:
    keys = [shared(_key(value)) for value in (1, 1.0, True)]
    assert [type(key[0]) for key in keys] == [int, float, bool]
    assert [*map(type, next(iter(shared(frozenset([_key(True)])))))] == [bool]


def test_targets_do_not_choose_how_many_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MOST", 3)
    first = shared(_key("eth0"))
    for number in range(50):
        assert shared(_key(f"veth{number}")) == (f"veth{number}",)
    assert len(pool._held) == 3
    assert shared(_key("eth0")) is first
