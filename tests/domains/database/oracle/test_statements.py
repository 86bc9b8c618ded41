"""Every statement as a grammar of Oracle's SQL reads it, and the grants that it needs."""

from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from opsconsole.clean import Clean
from opsconsole.domains.database.oracle.action.session import ACTIONS
from opsconsole.domains.database.oracle.asking import NAMED, NOTE, QUESTIONS, parsed, views
from opsconsole.plan import Thing
from opsconsole.transports.oracle.client import reads

PAGE = (Path(__file__).parents[4] / "docs" / "domains" / "oracle.md").read_text()
SHOWN = [
    (f"{exchange}.{name}-{at}", statement.sql)
    for exchange, named in NAMED.items()
    for at, (name, statement) in enumerate(named)
]
FACTS = {"sql_id": "8vu7s907prbgr"}
THING = Thing(
    "db", (("sid", "12"), ("serial", "345"), ("logon", "2026-01-02 03:04:05")), Clean("12")
)


@pytest.mark.parametrize("sql", [sql for _, sql in SHOWN], ids=[name for name, _ in SHOWN])
def test_it_is_one_query_of_oracles(sql: str) -> None:
    (tree,) = sqlglot.parse(sql, read="oracle")
    assert isinstance(tree, exp.Select)
    assert reads(sql)
    assert ";" not in sql
    tables = {table.name.lower() for table in tree.find_all(exp.Table)}
    assert {f"SYS.{name.replace('v$', 'V_$')}".upper() for name in tables} == set(views(sql))


def test_a_grammar_refuses_what_is_none() -> None:
    with pytest.raises(ParseError):
        sqlglot.parse("SELECT COUNT( FROM v$session WHERE", read="oracle")


def test_every_grant_stands_in_the_page() -> None:
    for _, sql in SHOWN:
        for view in views(sql):
            assert f"GRANT SELECT ON {view} TO watch;" in PAGE


def test_what_an_action_says_is_a_statement() -> None:
    for action in ACTIONS:
        (tree,) = sqlglot.parse(action.look.argv(THING)[0], read="oracle")
        assert isinstance(tree, exp.Select)
        (step,) = action.steps(THING, FACTS, {})
        assert len(step.argv) == 1
        assert sqlglot.parse(step.argv[0], read="oracle")


def test_a_version_is_asked_one_of_each_name() -> None:
    for version in (120100, 180000, 230000):
        for exchange, named in NAMED.items():
            fit = [
                name
                for name, one in named
                if one.since <= version and (not one.until or version < one.until)
            ]
            assert len(fit) == len(set(fit)), exchange
            assert set(fit) == {name for name, _ in named}, exchange


def test_comments_and_blank_lines_are_no_statements() -> None:
    assert parsed("-- said\n-- so\n\n-- a.b since=1 until=2\nSELECT 1\n") == {
        "a": (("b", parsed("-- a.b since=1 until=2\nSELECT 1")["a"][0][1]),)
    }
    assert sum(map(len, QUESTIONS.values())) == len(SHOWN)
    assert "never run against a real server" in NOTE
    assert "never run against a real server" in PAGE
