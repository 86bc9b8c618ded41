"""Statements as they are read: to the last word, or not at all."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.domains.database.postgres.ddl.claim import CONFLICTS, Lock, NotUnderstood
from opsconsole.domains.database.postgres.ddl.command import parse
from opsconsole.domains.database.postgres.ddl.cursor import LONGEST
from opsconsole.sql.token import NEWLINE

NO = [
    ("", "no statement"),
    ("SELECT 1", "begins no statement that is judged"),
    ("CREATE TABLE t (n int)", "begins no statement that is judged"),
    ("ALTER TABLE t", "not one of the parts"),
    ("ALTER TABLE t ADD", "a name was expected"),
    ("ALTER TABLE t ADD COLUMN x", "a type was expected"),
    ("ALTER TABLE t ADD x int, ", "not one of the parts"),
    ("ALTER TABLE t ADD x int DEFAULT", "a default was expected"),
    ("ALTER TABLE t ADD x int SPARSE", "begin"),
    ("ALTER TABLE t DROP COLUMN x; DROP TABLE t", "there are several"),
    ("ALTER TABLE t DROP COLUMN x -- , ADD y float DEFAULT random()", "a comment with --"),
    ("ALTER TABLE t DROP COLUMN x /* y", "a comment has no end"),
    ("ALTER TABLE t ALTER x SET DEFAULT 'a", "a quote has no end"),
    ("ALTER TABLE t ALTER x SET DEFAULT $a$ b $$", "a quote has no end"),
    ("ALTER TABLE t RENAME x TO y, DROP z", "not understood at ','"),
    ("ALTER TABLE t DISABLE TRIGGER ALL EXCEPT x", "not understood at 'EXCEPT'"),
    ("ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b", "not one of the parts"),
    ("ALTER TABLE t ADD CONSTRAINT c PRIMARY KEYS (n)", "not one of the constraints"),
    ("ALTER TABLE t ADD CHECK (n > 0", "a bracket has no end"),
    ("REINDEX DATABASE x", "one INDEX or TABLE"),
    ("VACUUM FULL", "tables that are named"),
    ("CLUSTER", "a table that is named"),
    ("COMMENT ON COLUMN x IS 'y'", "the column's table"),
    ("COMMENT ON FUNCTION f() IS 'y'", "COMMENT ON is judged of"),
    ("DROP INDEX", "a name was expected"),
]


@pytest.mark.parametrize(("sql", "why"), NO)
def test_what_is_not_understood_is_said(sql: str, why: str) -> None:
    if why == "begin":
        # Whatever stands behind a type without being known belongs to the type, as the server
        # would have it; that there is no such type is found by asking it.
        assert parse(sql).parts[0].what.endswith("int SPARSE")
        return
    with pytest.raises(NotUnderstood, match=why):
        parse(sql)


def test_a_statement_that_is_too_long_is_not_read() -> None:
    with pytest.raises(NotUnderstood, match="longer than"):
        parse("COMMENT ON TABLE t IS '" + "x" * LONGEST + "'")


def test_lines_that_were_pasted_into_one_are_lines_still() -> None:
    text = "ALTER TABLE t -- one\n ADD x int, -- two\r\n DROP y"
    pasted = text.replace("\r\n", NEWLINE).replace("\n", NEWLINE)
    assert parse(pasted) == parse(text)
    assert [part.what for part in parse(text).parts] == [
        "ADD COLUMN x int",
        "DROP COLUMN y",
        "DROP COLUMN y",
    ]


@given(st.text("ALTERDOPBLUM \"'$();,.-/*=x1\n", max_size=60))
def test_whatever_is_typed_is_read_or_refused(tail: str) -> None:
    for head in ("", "ALTER TABLE t ", "CREATE INDEX ", "ALTER TABLE t ADD x int "):
        with contextlib.suppress(NotUnderstood):
            assert parse(head + tail).title


def test_conflicts_go_both_ways() -> None:
    for one in Lock:
        for other in Lock:
            assert (other in CONFLICTS[one]) == (one in CONFLICTS[other])
