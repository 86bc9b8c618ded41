"""What actions say and believe of answers that no server here gives: MySQL's, absurd ones."""

import json

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.database.mysql.action import ACTIONS, table, variable
from opsconsole.plan import Thing

SET = next(one for one in ACTIONS if one.id == "mysql.set-variable")
THING = Thing("db", (("name", "max_connections"),), Clean("max_connections"))


def facts(value: str, persisted: str = "", **more: str) -> dict[str, str]:
    whole = {
        "name": "max_connections", "family": "mysql", "value": value, "from": "compiled",
        "default": "", "type": "", "fixed": "", "persisted": persisted,
    }  # fmt: skip
    return whole | more


def said(value: str, lasting: str = "no") -> dict[str, str]:
    return {"value": value, "lasting": lasting}


def test_mysql_keeps_a_value_for_after_a_restart_and_forgets_it_again() -> None:
    before, after = facts("151"), facts("300", "300")
    (step,) = SET.steps(THING, before, said("300", "yes"))
    assert step.argv == ("SET PERSIST `max_connections` = 300",)
    assert SET.verify.held(before, after, said("300", "yes"))
    assert not SET.verify.held(before, facts("300"), said("300", "yes"))
    undo = SET.undo(THING, before, said("300", "yes"))
    assert undo is not None
    assert undo.arguments == said("151", "reset")
    steps = SET.steps(THING, after, undo.arguments)
    assert [one.argv for one in steps] == [
        ("SET GLOBAL `max_connections` = 151",),
        ("RESET PERSIST `max_connections`",),
    ]
    assert not SET.verify.held(after, facts("151", "300"), undo.arguments)
    assert SET.verify.held(after, before, undo.arguments)
    kept = SET.undo(THING, facts("300", "300"), said("400", "yes"))
    assert kept is not None
    assert kept.arguments == said("300", "yes")
    assert "not persisted" in SET.bars(THING, before, said("1", "reset"))


def test_a_value_that_the_server_makes_another_of_is_no_success() -> None:
    assert not SET.verify.held(facts("151"), facts("10"), said("3"))
    assert SET.verify.held(facts("OFF"), facts("ON"), said("1"))
    assert SET.verify.held(facts("8388608"), facts("9437184"), said("9437000"))  # whole blocks
    pool = facts("134217728", name="innodb_buffer_pool_size")
    assert SET.verify.held(pool, pool | {"value": "402653184"}, said("300000000"))
    assert not SET.verify.held(facts("151"), None, said("3"))


def test_numbers_are_bare_and_all_else_is_a_parameter() -> None:
    for value, kind, argv in (
        ("1.5", "", ("SET GLOBAL `max_connections` = 1.5",)),
        ("1", "varchar", ("SET GLOBAL `max_connections` = %s", "1")),
        ("1; DROP", "", ("SET GLOBAL `max_connections` = %s", "1; DROP")),
        ("''", "", ("SET GLOBAL `max_connections` = %s", "")),
        ("DEFAULT", "", ("SET GLOBAL `max_connections` = DEFAULT",)),
    ):
        (step,) = SET.steps(THING, facts("151", type=kind), said(value))
        assert step.argv == argv


@pytest.mark.parametrize("text", ["", "[]", "{}", "[[1]]", "[[1,2,3,4,5,6]]", "[" * 9000, "null"])
def test_indexes_that_make_no_sense_are_none(text: str) -> None:
    assert table.indexes(text) == ""


def test_indexes_are_read_whatever_their_names() -> None:
    parts = [["b", 2, 1, "y", 10], ["b", 1, 1, "x", None], ["a\x1b", 1, 0, "", None]]
    assert table.indexes(json.dumps(parts)) == "a\ufffd!(); b(x,y(10))"
    assert table.columns("v, w(10)") == ["v", "w(10)"]
    assert table.columns("v, (w)") == []
    assert variable.same("x", "yes", "ON")
