"""Checks: the first outcome that fits wins, and what is not known never passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.check import Check, Outcome, conditions, find, judge, limit, limited
from opsconsole.clean import Clean
from opsconsole.model import Column, Level, Limits, Quantity, Value
from opsconsole.rule import Condition

USED = Column("used_percent", "USED%", Quantity.PERCENT, "df", Limits(90, 98, "a test"))
FREE = Column("free_bytes", "FREE", Quantity.BYTES, "df")
NAME = Column("mount", "MOUNT", Quantity.TEXT, "df")
COLUMNS = (NAME, USED, FREE)
SPACE = Check(
    "host.space",
    "Space",
    "host.filesystem",
    (
        Outcome(
            Level.CRIT,
            (Condition("used_percent", ">=", 98), Condition("free_bytes", "<", 5e9)),
            "{free_bytes} left",
        ),
        Outcome(Level.WARN, (Condition("used_percent", ">=", 90),), "{used_percent} of {nothing}"),
        Outcome(Level.OK, ()),
    ),
    todo="Clear it",
)


@pytest.mark.parametrize(
    ("used", "free", "level"),
    [
        (99.0, 1e9, Level.CRIT),
        (99.0, 1e12, Level.WARN),
        (90, 1, Level.WARN),
        (89.9, 1, Level.OK),
        (None, 1e12, Level.UNKNOWN),
        (99.0, None, Level.UNKNOWN),
        (50.0, None, Level.OK),
    ],
)
def test_first_that_fits_wins(used: Value, free: Value, level: Level) -> None:
    assert judge(SPACE, {"used_percent": used, "free_bytes": free})[0] is level


def test_without_a_fitting_outcome_nothing_is_known() -> None:
    only = Check("a.b", "B", "a.c", SPACE.outcomes[:2])
    assert judge(only, {"used_percent": 1, "free_bytes": 1}) == (Level.UNKNOWN, None)


@given(st.floats(0, 100) | st.none(), st.floats(0, 1e13) | st.none())
def test_unknown_never_passes(used: float | None, free: float | None) -> None:
    level, _ = judge(SPACE, {"used_percent": used, "free_bytes": free})
    if used is None:
        assert level is Level.UNKNOWN
    if level is Level.OK:
        assert used is not None
        assert used < 90


def test_a_finding_says_value_limit_and_what_to_do() -> None:
    row = (Clean("/var"), 99.5, 4 * 1024**3)
    found = find(SPACE, "db-1", COLUMNS, ("mount",), row, (1.0, 2.0))
    assert found is not None
    assert (found.object, found.level, found.value) == ("/var", Level.CRIT, 99.5)
    assert found.message == "4 GiB left"
    assert found.limit == "warn >= 90 %, fail >= 98 % and free_bytes < 4.66 GiB"
    assert (found.todo, found.course) == ("Clear it", (1.0, 2.0))
    fine = find(SPACE, "db-1", COLUMNS, ("mount",), (Clean("/"), 5.0, 1))
    assert fine is not None
    assert (fine.level, fine.todo) == (Level.OK, "")


def test_what_it_is_not_about_is_left_out() -> None:
    check = Check(
        "a.b", "B", "a.c", (Outcome(Level.OK, ()),), needs=(Condition("mount", "==", "/"),)
    )
    assert find(check, "x", COLUMNS, ("mount",), (Clean("/"), 1, 1)) is not None
    assert find(check, "x", COLUMNS, ("mount",), (Clean("/var"), 1, 1)) is None
    assert find(check, "x", COLUMNS, ("mount",), (None, 1, 1)) is None


@pytest.mark.parametrize(
    ("value", "level"), [(None, 1), (10, 0), (90, 2), (97.9, 2), (98, 3), (True, 1)]
)
def test_limits_of_a_column_make_a_check(value: Value, level: int) -> None:
    check = limited("host.used", "Used", "host.filesystem", USED, "Clear it")
    if value is True:  # a flag is no number, and no number passes for one
        assert judge(check, {"used_percent": value})[0] is not Level.CRIT
    else:
        assert judge(check, {"used_percent": value})[0] == level


def test_low_can_be_bad() -> None:
    column = Column("up_s", "UP", Quantity.SECONDS, "x", Limits(300, 0, "a test"))
    check = limited("host.up", "Up", "host.vitals", column, "Look")
    assert [judge(check, {"up_s": value})[0] for value in (400, 300, 0)] == [0, 2, 3]
    assert limit(check, {"up_s": Quantity.SECONDS}) == "warn <= 5 min, fail <= 0 s"
    with pytest.raises(ValueError, match="no limits"):
        limited("host.up", "Up", "host.vitals", NAME, "Look")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("used_percent >= 98", (Condition("used_percent", ">=", 98.0),)),
        (
            "used_percent>=98 and free_bytes < 5e9",
            (Condition("used_percent", ">=", 98.0), Condition("free_bytes", "<", 5e9)),
        ),
        ("state == 'read only'", (Condition("state", "==", "read only"),)),
        ("state != ok", (Condition("state", "!=", "ok"),)),
        ("state > ok", None),
        ("used_percent", None),
        ("", None),
        ("used_percent >= 98 and", None),
        ("Used >= 3", None),
    ],
)
def test_conditions_are_read(text: str, found: tuple[Condition, ...] | None) -> None:
    assert conditions(text) == found
