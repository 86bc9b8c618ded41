"""Plans of statements that others wrote, also of those who want to have them run."""

import contextlib
from collections.abc import AsyncGenerator, Generator
from typing import Any

import pytest

from opsconsole.errors import Gone, Refused
from opsconsole.plan import Ended, Outcome, Pins, Tier
from tests.domains.database.postgres.operator import Operator
from tests.domains.database.postgres.scene import watched
from tests.servers.postgres import Server

pytestmark = pytest.mark.server

EVIL = (
    "CREATE TABLE kept (n int)",
    "INSERT INTO kept SELECT generate_series(1, 3)",
    "CREATE TABLE hit (n int)",
    "CREATE FUNCTION hits(int) RETURNS int LANGUAGE plpgsql VOLATILE"
    " AS 'BEGIN INSERT INTO hit VALUES ($1); RETURN 1; END'",
    "CREATE FUNCTION liar(int) RETURNS int LANGUAGE plpgsql IMMUTABLE"
    " AS 'BEGIN RETURN hits($1); END'",
    "CREATE FUNCTION slow() RETURNS int LANGUAGE plpgsql IMMUTABLE"
    " AS 'BEGIN PERFORM pg_sleep(3600); RETURN 1; END'",
    "CREATE DOMAIN trap AS int CHECK (hits(VALUE) > 0)",
    "CREATE ROLE app LOGIN",
    "CREATE ROLE planner LOGIN",
    "GRANT pg_monitor, app TO planner",
    "CREATE SCHEMA shop AUTHORIZATION app",
    "CREATE TABLE shop.item (id int PRIMARY KEY, title text)",
    "ALTER TABLE shop.item OWNER TO app",
    "GRANT ALL ON ALL TABLES IN SCHEMA public TO app",
    "ALTER ROLE app SET search_path = shop, public",
)


@pytest.fixture(scope="module")
def evil(server: Server) -> Server:
    server.sql(*EVIL)
    return server


@pytest.fixture
async def operator(evil: Server) -> AsyncGenerator[Operator]:
    one = Operator(evil, "ops", "watch", "planner")
    try:
        yield one
    finally:
        await one.close()


@contextlib.contextmanager
def said(server: Server, sql: str, user: str = "ops", **more: Any) -> Generator[Pins]:
    """A session that said this, and is idle: nothing of it ran, as its transaction had failed."""
    with server.connect(user, **more) as conn:
        conn.pgconn.exec_(b"BEGIN")
        conn.pgconn.exec_(b"SELECT 1 / 0")
        conn.pgconn.exec_(sql.encode())  # as psql would send it: several at once
        yield pinned(server, conn.info.backend_pid)


def pinned(server: Server, pid: int) -> Pins:
    (row,) = server.sql(
        "SELECT (extract(epoch FROM backend_start) * 1000000)::int8::text"
        f" FROM pg_stat_activity WHERE pid = {pid}"
    )
    return (("pid", str(pid)), ("backend", str(row[0])))


def untouched(server: Server) -> bool:
    """Whether nothing of what is evil was run."""
    return server.sql("SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM hit)") == [(3, 0)]


async def explained(operator: Operator, pins: Pins, role: str = "ops") -> tuple[Outcome, str]:
    """How it ended, and what the operator saw."""
    outcome = await operator.act("explain", role, pins)
    return outcome, "\n".join(operator.output)


async def test_the_plan_is_seen_and_takes_one_key(evil: Server, operator: Operator) -> None:
    with said(evil, "SELECT n FROM kept WHERE n = 7") as pins:
        plan = await operator.plan("explain", pins=pins)
        assert plan.tier is Tier.YES
        (step,) = plan.items[0].steps
        assert step.argv == ("EXPLAIN", "postgres", "", "", "SELECT n FROM kept WHERE n = 7")
        outcome, seen = await explained(operator, pins)
        assert outcome.ended is Ended.VERIFIED
        assert "Seq Scan on kept" in seen
        assert "Filter: (n = 7)" in seen
        assert "actual" not in seen


async def test_it_is_planned_as_its_role_in_its_database_and_schema(
    evil: Server, operator: Operator
) -> None:
    evil.sql("CREATE DATABASE orders")
    evil.sql("CREATE TABLE basket (n int)", "GRANT ALL ON basket TO app", database="orders")
    with (
        said(evil, "UPDATE basket SET n = 1", "app", database="orders") as there,
        said(evil, "SELECT * FROM item WHERE id = 1", "app") as shop,
    ):
        outcome, seen = await explained(operator, there, "planner")
        assert outcome.ended is Ended.VERIFIED
        assert "Update on basket" in seen
        _, seen = await explained(operator, shop, "planner")
        assert "Index Scan using item_pkey on item" in seen


async def test_a_statement_with_parameters_has_the_plan_for_all_of_them(
    evil: Server, operator: Operator
) -> None:
    with evil.connect("app") as conn:
        conn.execute("SELECT * FROM item WHERE id = %s AND title = %s", (1, "a"), prepare=True)
        outcome, seen = await explained(operator, pinned(evil, conn.info.backend_pid), "planner")
        assert outcome.ended is Ended.VERIFIED
        assert "Index Cond: (id = $1)" in seen
        assert "Filter: (title = $2)" in seen


@pytest.mark.parametrize(
    "sql",
    [
        "EXPLAIN ANALYZE DELETE FROM kept",
        "/* SELECT */ explain (analyze) SELECT hits(1)",
        "-- SELECT\nDROP TABLE kept",
        "ANALYZE SELECT 1",
        "(ANALYZE) DELETE FROM kept",
        "VACUUM kept",
        "SELECTED",
        "/* /* SELECT */ DROP TABLE kept",
        "DO 'BEGIN PERFORM hits(1); END'",
        "CALL x()",
        "COPY (SELECT 1) TO PROGRAM 'id'",
    ],
)
async def test_what_has_no_plan_is_refused_before_anything_is_sent(
    evil: Server, operator: Operator, sql: str
) -> None:
    with said(evil, sql) as pins, pytest.raises(Refused, match="has no plan"):
        await operator.plan("explain", pins=pins)


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("SELECT 1; DROP TABLE kept", "multiple commands"),
        ("SELECT 1; COMMIT; DELETE FROM kept", "multiple commands"),
        ("SELECT 1 /* ; */ ; /* */ DROP TABLE kept --", "multiple commands"),
        ("SELECT * FROM kept WHERE n = liar(1)", "cannot execute INSERT in a read-only"),
        ("SELECT * FROM kept WHERE n = $1::trap", "of a domain"),
        ("SELECT * FROM kept WHERE", "syntax error"),
        ("SELECT * FROM nowhere", "does not exist"),
    ],
)
async def test_what_would_do_more_than_be_planned_fails(
    evil: Server, operator: Operator, sql: str, word: str
) -> None:
    with said(evil, sql) as pins:
        outcome, seen = await explained(operator, pins)
    assert outcome.ended is Ended.FAILED
    assert word in seen
    assert untouched(evil)


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("SELECT hits(1) FROM kept", "Seq Scan on kept"),
        ("WITH gone AS (DELETE FROM kept RETURNING n) SELECT hits(n) FROM gone", "Delete on kept"),
        ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity", "Function Scan"),
        ("SELECT n INTO copy FROM kept", "Seq Scan on kept"),
        ("  (( /* a /* b */ */ SELECT 1)) ;", "Result"),
        ("INSERT INTO hit VALUES (hits(1))", "Insert on hit"),
        ("SELECT '; DROP TABLE kept', $$ ; DROP TABLE kept $$", "Result"),
    ],
)
async def test_what_a_statement_would_do_is_not_done(
    evil: Server, operator: Operator, sql: str, word: str
) -> None:
    with said(evil, sql) as pins:
        outcome, seen = await explained(operator, pins)
    assert outcome.ended is Ended.VERIFIED
    assert word in seen
    assert untouched(evil)
    assert evil.sql("SELECT to_regclass('copy')::text") == [(None,)]


async def test_functions_of_others_do_not_get_our_rights(evil: Server, operator: Operator) -> None:
    with said(evil, "SELECT 1", "app") as pins:
        with pytest.raises(Refused, match=r"superuser.*member of pg_monitor and app"):
            await operator.plan("explain", pins=pins)
        evil.sql("GRANT pg_signal_backend TO planner")
        with pytest.raises(Refused, match="pg_signal_backend"):
            await operator.plan("explain", "planner", pins)
        evil.sql("REVOKE pg_signal_backend FROM planner")
        assert (await operator.plan("explain", "planner", pins)).tier is Tier.YES


async def test_a_plan_that_takes_too_long_is_ended_by_the_server(
    evil: Server, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opsconsole.transports.postgres import plan

    limits = dict(plan.LIMITS) | {"statement_timeout": "100ms"}
    assert dict(plan.LIMITS)["statement_timeout"] == "5s"
    monkeypatch.setattr(plan, "LIMITS", tuple(limits.items()))
    with said(evil, "SELECT slow()") as pins:
        outcome, seen = await explained(operator, pins)
    assert outcome.ended is Ended.FAILED
    assert "statement timeout" in seen


async def test_a_cut_statement_is_not_guessed_at(evil: Server, operator: Operator) -> None:
    long = said(evil, f"SELECT '{'x' * 3000}'")
    with long as pins, pytest.raises(Refused, match=r"first 1024 bytes.*track_activity_query_size"):
        await operator.plan("explain", pins=pins)
    with said(evil, "") as pins, pytest.raises(Refused, match="no statement of it is known"):
        await operator.plan("explain", pins=pins)


async def test_all_of_a_long_plan_is_seen(evil: Server, operator: Operator) -> None:
    sql = " UNION ALL ".join(f"SELECT {at} FROM kept" for at in range(30))
    with said(evil, sql) as pins:
        outcome, seen = await explained(operator, pins)
    assert outcome.ended is Ended.VERIFIED
    assert seen.startswith("Append")
    assert seen.count("Seq Scan on kept") == 30


async def test_a_top_statement_is_explained_for_any_parameters(
    evil: Server, operator: Operator
) -> None:
    with evil.connect("app") as conn:
        conn.execute("SELECT title FROM item WHERE id = 4711")
    async with watched(evil.target()) as view:
        row = next(
            one
            for one in await view.rows("statement")
            if one["query"] == "SELECT title FROM item WHERE id = $1"
        )
    pins: Pins = tuple((name, str(row[name])) for name in ("id", "database", "user"))
    with pytest.raises(Refused, match="superuser"):
        await operator.plan("explain-top", pins=pins)
    plan = await operator.plan("explain-top", "planner", pins)
    assert plan.items[0].steps[0].argv[1:4] == ("postgres", "app", "shop, public")
    outcome = await operator.act("explain-top", "planner", pins)
    assert outcome.ended is Ended.VERIFIED
    assert "Index Cond: (id = $1)" in "\n".join(operator.output)
    other: Pins = (("id", "1"), *pins[1:])
    with pytest.raises(Refused, match="no statement of it is known"):
        await operator.plan("explain-top", "planner", other)
    odd: Pins = (("id", "1 OR true"), *pins[1:])
    with pytest.raises(Refused, match="is no query id"):
        await operator.plan("explain-top", "planner", odd)
    with pytest.raises(Gone):
        await operator.plan("explain-top", "planner", (pins[0], pins[1], ("user", "'; --")))
