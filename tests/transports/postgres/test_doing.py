"""One statement with its parameters, run to its end over a connection of its own."""

import asyncio
import contextlib

import psycopg
import pytest

from opsconsole.errors import Lost, Refused, Unreachable
from opsconsole.transports.postgres import PostgresTransport
from tests.servers.postgres import Server
from tests.servers.sampler import eventually
from tests.transports.doing import Told, doer, done
from tests.transports.postgres.scene import asking, opened

pytestmark = pytest.mark.server

_SLEEPS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
_NASTY = "'; DROP TABLE x; -- \\ $1 %s {} é"


async def test_parameters_are_never_read_as_sql(server: Server) -> None:
    told = await done(PostgresTransport(), server.target(), "SELECT $1::text, $2::int", _NASTY, "7")
    assert told == (0, f"{_NASTY}\t7\n".encode())
    percent = await done(PostgresTransport(), server.target(), "SELECT '100%'")
    assert percent == (0, b"100%\n")


async def test_an_error_is_a_status_with_its_words(server: Server) -> None:
    status, said = await done(PostgresTransport(), server.target("bare"), "SELECT nix")
    assert status == 1
    assert said.startswith(b"ERROR: ")
    assert b"(42703)" in said
    assert (await done(PostgresTransport(), server.target(), "SELECT 1; SELECT 2"))[0] == 1


async def test_notices_are_heard_and_no_transaction_stands_around_it(server: Server) -> None:
    status, said = await done(PostgresTransport(), server.target("ops"), "VACUUM VERBOSE pg_am")
    assert status == 0
    assert b"INFO: vacuuming" in said


@pytest.mark.parametrize("argv", [(), ("",), ("SELECT $1", "a\0b"), ("SELECT 1\0",)])
async def test_what_is_no_statement_is_refused(server: Server, argv: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="no statement"):
        await done(PostgresTransport(), server.target(), *argv)


async def test_cancelling_ends_it_on_the_server(server: Server) -> None:
    running = asyncio.create_task(
        doer(PostgresTransport()).execute(server.target(), ("SELECT pg_sleep(60)",), Told())
    )
    await eventually(lambda: server.sql(_SLEEPS) == [(1,)])
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await eventually(lambda: server.sql(_SLEEPS) == [(0,)])


async def test_a_connection_that_goes_meanwhile_is_no_failure(server: Server) -> None:
    running = asyncio.create_task(
        doer(PostgresTransport()).execute(server.target(), ("SELECT pg_sleep(60)",), Told())
    )
    await eventually(lambda: server.sql(_SLEEPS) == [(1,)])
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event='PgSleep'")
    with pytest.raises(Lost, match="whether it was done is not known"):
        await running


async def test_with_all_slots_taken_it_goes_over_the_connection_that_watches(
    server: Server,
) -> None:
    async with opened(server.target(), asking("SELECT 1")) as talk:
        with contextlib.ExitStack() as crowd:
            with contextlib.suppress(psycopg.OperationalError):
                for _ in range(60):
                    crowd.enter_context(server.connect("bare"))
            with pytest.raises(Unreachable, match="all its connections are taken"):
                await done(PostgresTransport(), server.target(), "SELECT 1")
            told = await done(talk.transport, server.target(), "SELECT $1::int", "7")
            assert told == (0, b"7\n")
            status, said = await done(talk.transport, server.target(), "SELECT nix")
            assert (status, said[:6]) == (1, b"ERROR:")
            assert await talk.parts() == [[(1,)]]


@pytest.mark.parametrize(
    "argv",
    [
        ("EXPLAIN",),
        ("EXPLAIN", "postgres", "", "SELECT 1"),
        ("EXPLAIN", "postgres", "", "", "DROP TABLE x"),
        ("EXPLAIN", "postgres", "", "", "ANALYZE SELECT 1"),
        ("EXPLAIN", "postgres", "", "", "SELECT 1\0"),
    ],
)
async def test_what_has_no_plan_is_not_even_sent(server: Server, argv: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        await done(PostgresTransport(), server.target(), *argv)


async def test_a_plan_is_told_and_nothing_of_it_runs(server: Server) -> None:
    ask = ("EXPLAIN", "template1", "", "pg_catalog")
    told = await done(PostgresTransport(), server.target(), *ask, "SELECT oid FROM pg_am")
    assert told[0] == 0
    assert told[1].startswith(b"Seq Scan on pg_am")
    two = await done(PostgresTransport(), server.target(), *ask, "SELECT 1; SELECT 2")
    assert two[0] == 1
    assert b"multiple commands" in two[1]
    nobody = await done(PostgresTransport(), server.target(), *ask[:2], "ops", "", "SELECT 1")
    assert nobody == (1, b'ERROR: permission denied to set role "ops" (42501)\n')
