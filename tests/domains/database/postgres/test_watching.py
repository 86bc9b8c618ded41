"""What is seen of a real server: with pg_monitor, without any grant, and of any encoding."""

import asyncio
import contextlib

import pytest

from opsconsole.errors import Denied, Unsupported
from tests.domains.database.postgres.scene import PROBES, blocked, each, waiting, watched
from tests.servers.postgres import Server
from tests.servers.sampler import eventually

pytestmark = pytest.mark.server


@each
async def test_every_probe_reads_what_this_version_answers(server: Server) -> None:
    async with watched(server.target()) as view:
        for name in PROBES:
            if name == "postgres.statement" and not server.contrib:
                continue
            if name != "postgres.file":  # needs another grant
                await view.rows(name.partition(".")[2])
    assert server.log.count("ERROR") == 0


@each
async def test_a_server_in_one_line(server: Server) -> None:
    with server.connect("bare") as one, one.transaction():
        one.execute("SELECT 1")
        async with watched(server.target()) as view:
            await view.row("health")
            for _ in range(30):
                server.sql("SELECT 1")
            row = await view.row("health", role="primary")
            size = await view.row("size")
    assert str(row["version"]).split(".")[0].isdigit()
    assert row["missing"] == ""
    assert row["sessions_in_transaction"] == 1
    assert float(str(row["transactions_per_s"])) > 0
    assert 0 < float(str(row["connections_percent"])) < 100
    assert float(str(row["longest_transaction_s"])) >= 0
    assert row["replication_lag_s"] is None
    assert int(str(size["size_bytes"])) > 1 << 20
    assert size["databases"] == 3


@each
async def test_checkpoints_wherever_they_are_counted(server: Server) -> None:
    """Since 17 in a view of their own, with another for what was written."""
    server.sql("CREATE TABLE dirty AS SELECT generate_series(1, 9000) AS n")
    async with watched(server.target()) as view:
        before = await view.row("checkpoint")
        server.sql("INSERT INTO dirty TABLE dirty", "CHECKPOINT")
        async with asyncio.timeout(60):
            after = await view.row("checkpoint")
            while after["requested_total"] == before["requested_total"]:
                await asyncio.sleep(0.05)
                after = await view.row("checkpoint")
    assert None not in after.values()
    assert after["reset"] == before["reset"]


@each
async def test_wal_is_no_page_that_a_client_wrote(server: Server) -> None:
    """Since 18 the WAL of clients stands in the same view as their pages."""
    server.sql("CREATE TABLE noted (n int)", "CHECKPOINT")
    async with watched(server.target()) as view:
        await view.row("checkpoint")
        for _ in range(30):  # of a row each: nothing to write but WAL
            server.sql("SET synchronous_commit = on", "INSERT INTO noted VALUES (1)")
        assert (await view.row("checkpoint"))["backends_per_s"] == 0.0


@each
async def test_without_a_grant_what_can_be_seen_is_seen(server: Server) -> None:
    with server.connect(), server.connect():
        async with watched(server.target("bare")) as view:
            row = await view.row("health")
            assert row["missing"] == "GRANT pg_monitor TO bare"
            assert row["sessions_active"] is None
            assert int(str(row["connections"])) >= 3
            others = await view.rows("connection")
            assert {one["query"] for one in others} == {"<insufficient privilege>"}
            assert {one["state"] for one in others} == {None}
            assert (await view.row("size"))["size_bytes"]
            assert await view.rows("database")
            with pytest.raises(Denied, match="permission denied"):
                await view.rows("file")


@each
async def test_a_right_that_is_taken_away_is_missed_at_once(server: Server) -> None:
    async with watched(server.target()) as view:
        assert (await view.row("health"))["missing"] == ""
        server.sql("REVOKE pg_monitor FROM watch")
        try:
            assert (await view.row("health"))["missing"] == "GRANT pg_monitor TO watch"
        finally:
            server.sql("GRANT pg_monitor TO watch")
        assert (await view.row("health"))["missing"] == ""


@each
async def test_statements_of_a_megabyte_and_of_no_encoding(server: Server) -> None:
    server.sql("CREATE DATABASE raw TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    with contextlib.ExitStack() as stack:
        for database in ("postgres", "raw"):
            conn = stack.enter_context(contextlib.closing(server.connect("ops", database)))
            conn.execute("SET client_encoding = 'SQL_ASCII'" if database == "raw" else "SELECT 1")
            text = "SELECT pg_sleep(60) /* \x1b[2J" + ("\u00e9" * 500_000) + " */"
            body = text.encode("latin-1" if database == "raw" else "utf-8")
            stack.enter_context(waiting(conn, body))
        await eventually(lambda: server.sql(sleeping) == [(2,)])
        for database in ("postgres", "raw"):
            async with watched(server.target(database=database)) as view:
                rows = [row for row in await view.rows("session") if row["wait"] ==
                        "Timeout:PgSleep"]  # fmt: skip
                assert {str(row["database"]) for row in rows} == {"postgres", "raw"}
                for row in rows:
                    assert str(row["query"]).startswith("SELECT pg_sleep(60)")
                    assert len(str(row["query"])) <= 1000
                    assert "\x1b" not in str(row["query"])
        server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                   " WHERE wait_event = 'PgSleep'")  # fmt: skip


async def test_top_statements_beside_one_in_no_encoding(server: Server) -> None:
    server.sql("CREATE DATABASE odd TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    with contextlib.closing(server.connect("ops", "odd")) as conn:
        conn.execute("SET client_encoding = 'SQL_ASCII'")
        conn.execute('SELECT 1 AS "é"'.encode("latin-1"))
    async with watched(server.target()) as view:
        rows = await view.rows("statement")
        assert {row["database"] for row in rows} >= {"odd", "postgres"}
        assert {row["query"] for row in rows} == {None}
    server.sql("SELECT pg_stat_statements_reset()")


async def test_top_statements_wherever_the_extension_stands(server: Server) -> None:
    server.sql("CREATE SCHEMA tools", "ALTER EXTENSION pg_stat_statements SET SCHEMA tools")
    async with watched(server.target()) as view:
        with pytest.raises(Unsupported) as caught:
            await view.rows("statement")
        assert "GRANT USAGE" in caught.value.remedy
    server.sql("GRANT USAGE ON SCHEMA tools TO watch", "SELECT tools.pg_stat_statements_reset()")
    async with watched(server.target()) as view:
        await view.rows("statement")
        for _ in range(7):
            server.sql("SELECT 41 + 1 AS marked_statement")
        rows = await view.rows("statement")
        (row,) = [row for row in rows if "marked_statement" in str(row["query"])]
        assert row["calls"] == 7
        assert row["query"] == "SELECT $1 + $2 AS marked_statement"
        server.sql("DROP EXTENSION pg_stat_statements")
        with pytest.raises(Unsupported, match="not installed"):
            await view.rows("statement")


@each
async def test_tables_indexes_and_what_is_wrong_with_them(server: Server) -> None:
    server.sql(
        "CREATE TABLE parent (id int PRIMARY KEY, t text)",
        "CREATE TABLE child (id int, parent_id int REFERENCES parent, q int)",
        "CREATE INDEX child_q ON child (q)",
        "CREATE INDEX child_q_again ON child (q)",
        "CREATE INDEX child_q_desc ON child (q DESC)",
        "INSERT INTO parent SELECT g, repeat('x', 500) FROM generate_series(1, 20000) g",
        "CREATE UNIQUE INDEX child_id ON child (id)",
        "DELETE FROM parent WHERE id % 10 > 0",
    )
    server.sql("VACUUM ANALYZE parent")
    async with watched(server.target("ops")) as view:
        found = {(row["finding"], row["object"]) for row in await view.rows("advice")}
        assert found == {
            ("duplicate", "public.child_q_again"),
            ("no index", "child_parent_id_fkey"),
        }
        row = await view.row("table", table="public.parent")
        assert 80 < float(str(row["bloat_percent"])) < 95
        assert float(str(row["vacuum_s"])) >= 0
        server.sql("CREATE INDEX child_parent ON child (parent_id, q)")
        assert {row["finding"] for row in await view.rows("advice")} == {"duplicate"}
    async with watched(server.target()) as view:
        assert (await view.row("table", table="public.parent"))["bloat_percent"] is None


@each
async def test_one_that_waits_for_a_table_is_told_with_the_table(server: Server) -> None:
    server.sql("CREATE TABLE wanted ()")
    with contextlib.closing(server.connect()) as holder, contextlib.closing(
        server.connect("ops")
    ) as other:  # fmt: skip
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE wanted")
        with waiting(other, "SELECT * FROM wanted"):
            await eventually(lambda: blocked(server) == 1)
            async with watched(server.target()) as view:
                root, one = await view.rows("lock")
                assert (root["state"], root["blocks"]) == ("idle in transaction", 1)
                assert one["object"] == "relation public.wanted"
                assert one["mode"] == "AccessShareLock"
                assert (await view.row("health"))["waiting_sessions"] == 1
            holder.execute("ROLLBACK")


@each
async def test_an_index_under_way_and_what_is_left_when_it_fails(server: Server) -> None:
    server.sql("CREATE TABLE growing (n int)")
    with contextlib.closing(server.connect()) as writer, contextlib.closing(
        server.connect()
    ) as builder:  # fmt: skip
        writer.execute("BEGIN")
        writer.execute("INSERT INTO growing VALUES (1)")
        async with watched(server.target()) as view:
            with waiting(builder, "CREATE INDEX CONCURRENTLY growing_n ON growing (n)"):
                await eventually(lambda: blocked(server) == 1)
                (row,) = await view.rows("progress")
                assert row["what"] == "create index concurrently"
                assert (row["database"], row["object"]) == ("postgres", "public.growing_n")
                assert str(row["phase"]).startswith("waiting for writers")
                assert row["pid"] == builder.info.backend_pid
                assert float(str(row["elapsed_s"])) >= 0
                server.sql(f"SELECT pg_cancel_backend({row['pid']})")
            assert await view.rows("progress") == []
            left = await view.row("index", index="public.growing_n")
            assert left["finding"] == "invalid"
            await view.row("advice", object="public.growing_n", finding="invalid")
        writer.execute("ROLLBACK")
    server.sql("DROP INDEX growing_n")
