"""What can be done on a server, done by the executor and looked at behind its back."""

import contextlib
from collections.abc import AsyncGenerator

import psycopg
import pytest

from opsconsole.errors import Gone, Refused, Unreachable
from opsconsole.plan import Ended, Pins, Tier
from tests.domains.database.postgres.operator import Operator
from tests.domains.database.postgres.scene import blocked, chain, each, waiting, watched
from tests.servers.postgres import Server
from tests.servers.sampler import eventually

pytestmark = pytest.mark.server

EVIL = "a\"; DROP TABLE \u202e' \\ $1 %s"


@pytest.fixture
async def operator(server: Server) -> AsyncGenerator[Operator]:
    one = Operator(server)
    try:
        yield one
    finally:
        await one.close()


def backend(server: Server, pid: int) -> Pins:
    (row,) = server.sql(
        "SELECT (extract(epoch FROM backend_start) * 1000000)::int8::text"
        f" FROM pg_stat_activity WHERE pid = {pid}"
    )
    return (("pid", str(pid)), ("backend", str(row[0])))


@each
async def test_five_in_a_row_go_on_when_the_root_is_ended(
    server: Server, operator: Operator
) -> None:
    async with chain(server, 5) as pids, watched(server.target()) as view:
        rows = await view.rows("lock")
        assert [(row["pid"], row["depth"], row["blocks"]) for row in rows] == [
            (pid, at, 4 - at) for at, pid in enumerate(pids)
        ]
        assert [row["above"] for row in rows] == [None, *pids[:-1]]
        assert rows[-1]["tree"] == f"{'  ' * 3}└ {pids[-1]}"
        assert rows[1]["object"].startswith("transactionid ")  # type: ignore[union-attr]
        assert {row["mode"] for row in rows[1:]} == {"ShareLock"}

        root: Pins = (("pid", str(rows[0]["pid"])), ("backend", str(rows[0]["backend"])))
        plan = await operator.plan("terminate", pins=root)
        (item,) = plan.items
        assert plan.tier is Tier.NAME
        assert item.facts["sessions blocked"] == "1"
        assert item.facts["writes"] == "yes, they are rolled back"
        assert int(item.facts["locks held"]) >= 3
        assert item.facts["transaction age"].endswith(" s")
        assert "UPDATE link SET v = 1 WHERE n = 0" in item.preview
        assert item.steps[0].argv[1:] == (root[0][1], root[1][1])

        outcome = await operator.act("terminate", pins=root)
        assert outcome.ended is Ended.VERIFIED
        await eventually(lambda: blocked(server) == 3)
        assert [row["pid"] for row in await view.rows("lock")] == pids[1:]


@each
async def test_a_statement_is_cancelled_and_its_session_stays(
    server: Server, operator: Operator
) -> None:
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    with server.connect("bare") as conn, waiting(conn, "SELECT pg_sleep(60)"):
        await eventually(lambda: server.sql(sleeping) == [(1,)])
        pins = backend(server, conn.info.backend_pid)
        with pytest.raises(Refused, match="GRANT pg_signal_backend"):
            await operator.plan("cancel", "watch", pins)
        with pytest.raises(Refused, match="may not see it"):
            await operator.plan("terminate", "bare", (("pid", str(server_pid(server))),))
        assert (await operator.act("cancel", pins=pins)).ended is Ended.VERIFIED
        await eventually(lambda: server.sql(sleeping) == [(0,)])
        with pytest.raises(Refused, match="runs no statement"):
            await operator.plan("cancel", pins=pins)


def server_pid(server: Server) -> int:
    """A process of the server's own."""
    (row,) = server.sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
    return int(row[0])


@each
async def test_what_is_no_session_of_a_client_stays(server: Server, operator: Operator) -> None:
    pid = server_pid(server)
    with pytest.raises(Refused, match="is a checkpointer"):
        await operator.plan("terminate", pins=(("pid", str(pid)),))
    with pytest.raises(Gone):
        await operator.plan("terminate", pins=(("pid", "1"),))
    with pytest.raises(Refused, match="is no pid"):
        await operator.plan("terminate", pins=(("pid", "1); DROP TABLE x"),))
    async with watched(server.target("ops")) as view:
        ours = [row for row in await view.rows("connection") if row["ours"]]
        assert ours == []  # its own connection asks, and is not listed
        (row,) = server.sql("SELECT pid FROM pg_stat_activity WHERE application_name='opsconsole'")
        with pytest.raises(Refused, match="connection of this console"):
            await operator.plan("terminate", pins=(("pid", str(row[0])),))


@each
async def test_a_successor_of_a_pid_is_not_hit(server: Server, operator: Operator) -> None:
    with server.connect("bare") as conn:
        pid = str(conn.info.backend_pid)
        with pytest.raises(Refused, match="not the same any more"):
            await operator.plan("terminate", pins=(("pid", pid), ("backend", "1")))


@each
async def test_tables_and_indexes_by_any_name(server: Server, operator: Operator) -> None:
    quoted = '"' + EVIL.replace('"', '""') + '"'
    server.sql(f"CREATE TABLE {quoted} (n int)", f'CREATE INDEX {quoted[:-1]}i" ON {quoted} (n)')
    server.sql(f"INSERT INTO {quoted} SELECT generate_series(1, 100)", f"DELETE FROM {quoted}")
    (table,) = server.sql("SELECT max(oid)::text FROM pg_class WHERE relkind = 'r' AND oid > 16384")
    (index,) = server.sql("SELECT max(oid)::text FROM pg_class WHERE relkind = 'i' AND oid > 16384")
    pins: Pins = (("oid", table[0]), ("database", "postgres"))
    assert (await operator.act("analyze", pins=pins)).ended is Ended.VERIFIED
    assert (await operator.act("vacuum", pins=(pins[0],))).ended is Ended.VERIFIED
    assert any("vacuuming" in line for line in operator.output)
    rebuilt = await operator.act("reindex", pins=(("oid", index[0]), pins[1]))
    assert rebuilt.ended is Ended.VERIFIED
    assert server.sql(f"SELECT count(*) FROM pg_class WHERE oid = {index[0]}") == [(0,)]
    assert server.sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
    with pytest.raises(Refused, match="no index"):
        await operator.plan("reindex", pins=pins)
    with pytest.raises(Refused, match="it belongs to ops"):
        await operator.plan("vacuum", "watch", pins)
    with pytest.raises(Gone):
        await operator.plan("vacuum", pins=(pins[0], ("database", "other")))


@each
async def test_a_new_index_does_not_wait_for_an_old_transaction(
    server: Server, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opsconsole.domains.database.postgres.action import relation

    monkeypatch.setattr(relation, "LONG", -1)
    server.sql("CREATE TABLE old (n int PRIMARY KEY)")
    (index,) = server.sql("SELECT 'old_pkey'::regclass::oid::text")
    with server.connect() as conn, conn.transaction():
        conn.execute("SELECT 1")
        with pytest.raises(Refused, match="a transaction is open"):
            await operator.plan("reindex", pins=(("oid", index[0]), ("database", "postgres")))


@each
async def test_a_parameter_is_set_and_taken_back(server: Server, operator: Operator) -> None:
    work = "SELECT setting FROM pg_settings WHERE name = 'work_mem'"
    pins: Pins = (("name", "work_mem"),)
    before = server.sql(work)
    outcome = await operator.act("set-parameter", pins=pins, value="9MB")
    assert outcome.ended is Ended.VERIFIED
    assert server.sql(work) == [("9216",)]
    (undo,) = outcome.undo
    assert undo.arguments == {"value": "DEFAULT"}
    again = await operator.act("set-parameter", pins=pins, value="10MB")
    assert again.undo[0].arguments == {"value": "9216"}
    assert (await operator.act("set-parameter", pins=pins, value="DEFAULT")).undo
    assert server.sql(work) == before
    waits = await operator.act("set-parameter", pins=(("name", "max_connections"),), value="41")
    assert waits.ended is Ended.VERIFIED
    async with watched(server.target()) as view:
        assert (await view.row("setting", name="max_connections"))["state"] == "restart"
        assert (await view.row("health"))["pending_restart"] == 1


@each
async def test_what_a_parameter_may_not_be(server: Server, operator: Operator) -> None:
    evil = await operator.act(
        "set-parameter", pins=(("name", "log_line_prefix"),), value="'; DROP \\' x %m"
    )
    assert evil.ended is Ended.VERIFIED
    assert server.sql("SHOW log_line_prefix") == [("'; DROP \\' x %m",)]
    wrong = await operator.act("set-parameter", pins=(("name", "work_mem"),), value="much")
    assert wrong.ended is Ended.FAILED
    may_not = await operator.act("set-parameter", "watch", (("name", "work_mem"),), value="1MB")
    assert may_not.ended is Ended.FAILED
    for name, said in {
        "listen_addresses": "way in",
        "shared_preload_libraries": "list of names",
        "server_version": "cannot be set",
        "work_mem": "nothing of ours",
    }.items():
        value = "DEFAULT" if name == "work_mem" else "x"
        with pytest.raises(Refused, match=said):
            await operator.plan("set-parameter", pins=(("name", name),), value=value)


@each
async def test_the_configuration_is_read_anew_and_errors_are_shown(
    server: Server, operator: Operator
) -> None:
    assert (await operator.act("reload")).ended is Ended.VERIFIED
    with pytest.raises(Refused, match="pg_reload_conf"):
        await operator.plan("reload", "watch")
    with (server.data / "pg_hba.conf").open("a") as file:
        file.write("host nonsense\n")
    async with watched(server.target("ops")) as view, watched(server.target("watch")) as other:
        (row,) = await view.rows("file")
        assert row["file"] == "pg_hba.conf"
        assert "end-of-line" in str(row["error"])
        with pytest.raises(Exception, match="permission denied") as caught:
            await other.rows("file")
        assert "GRANT SELECT ON pg_hba_file_rules" in getattr(caught.value, "remedy", "")


@each
async def test_a_slot_goes_when_nobody_reads_it(server: Server, operator: Operator) -> None:
    server.sql("SELECT pg_create_physical_replication_slot('spare', true)")
    pins: Pins = (("slot", "spare"),)
    with pytest.raises(Refused, match="REPLICATION"):
        await operator.plan("drop-slot", "watch", pins)
    plan = await operator.plan("drop-slot", pins=pins)
    assert plan.tier is Tier.WITNESS
    assert (await operator.act("drop-slot", pins=pins)).ended is Ended.VERIFIED
    with pytest.raises(Gone):
        await operator.plan("drop-slot", pins=pins)


@each
async def test_with_all_slots_taken_sessions_can_still_be_ended(server: Server) -> None:
    server.sql("GRANT pg_signal_backend TO watch")
    operator = Operator(server)
    try:
        way = operator.ways.get("postgres")
        session = await way.open(operator.targets["watch"], {"none": ()}, 1.0, lambda _: None)
        with contextlib.ExitStack() as crowd:
            with contextlib.suppress(psycopg.OperationalError):
                for _ in range(60):
                    crowd.enter_context(server.connect("bare"))
            pid = server.sql("SELECT max(pid) FROM pg_stat_activity WHERE usename = 'bare'")
            pins: Pins = (("pid", str(pid[0][0])),)
            with pytest.raises(Unreachable, match="connections are taken"):
                await operator.plan("terminate", "bare", pins)
            assert (await operator.act("terminate", "watch", pins)).ended is Ended.VERIFIED
        await session.close()
    finally:
        await operator.close()
