"""Columns and constraints of a real database, and answers that are absurd."""

import pytest

from opsconsole import table
from opsconsole.domains.database.postgres.schema import (
    column_rows,
    constraint_rows,
    read_columns,
    read_constraints,
)
from opsconsole.errors import Malformed
from opsconsole.question import joined
from tests.domains.database.postgres.scene import each, watched
from tests.servers.postgres import Server

pytestmark = pytest.mark.server

SCHEMA = (
    "CREATE TABLE place (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE)",
    "CREATE TABLE visit (id bigint PRIMARY KEY, place int NOT NULL REFERENCES place,"
    " at timestamptz DEFAULT now(), cost numeric(10,2) CHECK (cost > 0),"
    ' twice numeric GENERATED ALWAYS AS (cost * 2) STORED, "o\u202edd\n" text)',
    "CREATE INDEX ON visit (at)",
    "ALTER TABLE visit ADD CONSTRAINT later FOREIGN KEY (id) REFERENCES place"
    " DEFERRABLE INITIALLY DEFERRED NOT VALID",
    "CREATE VIEW seen AS SELECT at FROM visit",
)


@each
async def test_columns_and_constraints_are_told(server: Server) -> None:
    server.sql(*SCHEMA)
    async with watched(server.target("bare")) as view:
        rows = [row for row in await view.rows("column") if row["table"] == "public.visit"]
        keys = ("column", "type", "nullable", "default", "keys")
        assert [tuple(row[key] for key in keys) for row in rows[:5]] == [
            ("id", "bigint", False, None, "primary key, foreign key to public.place"),
            ("place", "integer", False, None, "foreign key to public.place"),
            ("at", "timestamp with time zone", True, "now()", "index"),
            ("cost", "numeric(10,2)", True, None, "check"),
            ("twice", "numeric", True, "generated: (cost * (2)::numeric)", ""),
        ]
        assert "\u202e" not in str(rows[5]["column"])
        assert "\n" not in str(rows[5]["column"])
        named = await view.row("column", table="public.place", column="id")
        assert named["default"] == "identity, always"
        assert (await view.row("column", table="public.seen"))["kind"] == "view"
        later = await view.row("constraint", constraint="later")
        assert (later["state"], later["checked"]) == ("not validated", "deferred")
        assert later["toward"] == "public.place"
        types = [row["type"] for row in await view.rows("constraint")]
        assert sorted(map(str, types)) == sorted(
            ["primary key"] * 2 + ["foreign key"] * 2 + ["unique", "check"]
        )


def test_absurd_answers_are_survived() -> None:
    odd = ["d", "1", "-1", "s", "t", "?", "c\x1b[0m", None, True, None, "?", "?", "zz", None, True]
    (row,) = column_rows(read_columns(joined([table.rows([odd])])), None)
    assert row[4] == "?"
    assert "\x1b" not in str(row[5])
    assert row[8:] == ("identity", "index")
    odd = ["d", "1", "s", "t", "c", "?", None, False, False, False, None]
    (row,) = constraint_rows(read_constraints(joined([table.rows([odd])])), None)
    assert row[4:] == ("?", "not validated", None, None, "")
    for reading in (read_columns, read_constraints):
        assert reading(joined([table.rows([])])) == []
        with pytest.raises(Malformed):
            reading(joined([table.rows([["x"]])]))
        with pytest.raises(Malformed):
            reading(b"")
