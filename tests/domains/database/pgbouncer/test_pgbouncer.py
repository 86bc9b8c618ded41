"""A real PgBouncer before a real server: pools, clients that wait, pause and resume."""

import asyncio
import contextlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

import pytest

from opsconsole import table
from opsconsole.clean import Clean
from opsconsole.domains.database.pgbouncer import INTEGRATION, read, rows_of
from opsconsole.errors import Malformed, Refused, Unsupported
from opsconsole.executor import Executor, Ground
from opsconsole.model import Row
from opsconsole.plan import Approval, Ended, Outcome, Request, Thing, digest
from opsconsole.policy import Policy
from opsconsole.ports import Session
from opsconsole.question import joined
from opsconsole.registry import Transports
from opsconsole.transports.postgres import PostgresTransport
from tests.domains.database.postgres.scene import Said, named, waiting
from tests.domains.system.host.action.operator import Log, Second
from tests.domains.system.host.action.operator import read as plan_of
from tests.servers.postgres import Pooler, pooler, primary
from tests.servers.sampler import Heard
from tests.transports.doing import done
from tests.transports.postgres.scene import asking, opened

PROBES = {probe.id.partition(".")[2]: probe for probe in INTEGRATION.probes}


@pytest.fixture(scope="module")
def pool() -> Generator[Pooler]:
    with primary() as server, pooler(server) as one:
        yield one


def console(*answers: Sequence[Sequence[str | None]]) -> bytes:
    return joined([table.rows(one) for one in answers])


def rows(payload: bytes, probe: str) -> list[Row]:
    return PROBES[probe].rows(read(payload), None)


def test_columns_are_read_by_name_and_nonsense_is_unknown() -> None:
    pools = [["new", "database", "cl_waiting", "user", "maxwait"], ["1", "d\x1b", "-9", "u", "x"]]
    payload = console(pools, [], [["name", "paused"], ["d", "1"]], [["key", "value"]], [])
    assert rows(payload, "pool") == [("d\ufffd", "u", "", None, None, None, None, None, None, None)]
    assert rows(payload, "database")[0][:2] == ("d", "paused")
    assert rows(payload, "health")[0][2:6] == (0, 0, 0.0, None)
    assert rows(console([], [], [], [], []), "health") == []
    assert rows_of(table.rows([["a"]])) == []
    with pytest.raises(Malformed):
        rows_of(table.rows([["a", "b"], ["1"]]))
    with pytest.raises(Malformed, match="refuses"):
        rows_of(table.refused("08P01", "no"))


class Watcher:
    """Reads probes of a real one."""

    def __init__(self, session: Session, heard: Heard) -> None:
        self._session, self._heard = session, heard

    async def rows(self, probe: str) -> list[Said]:
        count = len(self._heard.answers)
        self._session.ask("console")
        await self._heard.until(lambda heard: len(heard.answers) > count)
        return named(PROBES[probe], rows(self._heard.answers[-1].payload, probe))

    async def until(self, probe: str, true: Callable[[Said], bool]) -> Said:
        async with asyncio.timeout(60):
            while True:
                for row in await self.rows(probe):
                    if true(row):
                        return row
                await asyncio.sleep(0.1)


@pytest.mark.server
async def test_clients_that_wait_are_seen(pool: Pooler) -> None:
    heard = Heard()
    transport = PostgresTransport()
    session = await transport.open(pool.target(), INTEGRATION.script, 1.0, heard)
    view = Watcher(session, heard)
    with contextlib.ExitStack() as stack:
        holders = [stack.enter_context(contextlib.closing(pool.connect())) for _ in range(2)]
        for one in holders:  # the pool has two servers
            one.execute("BEGIN")
        late = stack.enter_context(contextlib.closing(pool.connect()))
        with waiting(late, "SELECT 1"):
            row = await view.until("pool", lambda row: row["clients_waiting"] == 1)
            assert (row["database"], row["user"], row["mode"]) == ("app", "ops", "transaction")
            assert row["servers_active"] == 2
            health = await view.until("health", lambda row: float(str(row["longest_wait_s"])) > 0)
            assert health["waiting_sessions"] == 1
            assert health["role"] == "pooler"
            assert str(health["version"]).startswith("1.")
            assert 0 < float(str(health["connections_percent"])) < 20
            for one in holders:
                one.execute("ROLLBACK")
        await view.until("pool", lambda row: row["clients_waiting"] == 0)
    await transport.close()


@pytest.mark.server
async def test_a_database_is_paused_and_resumed(pool: Pooler) -> None:
    ways = Transports()
    targets = {role: replace(pool.target(role), id=role) for role in ("ops", "watch")}
    executor = Executor(
        Ground(
            targets=targets,
            actions={"pgbouncer": {action.id: action for action in INTEGRATION.actions}},
            policy=Policy(free=True, per_minute=1000),
            transports=ways,
            audit=Log(),
            publish=lambda _: None,
            witness=Second(),
        )
    )

    async def act(verb: str, role: str = "ops", name: str = "app") -> Outcome:
        thing = Thing(role, (("database", name),), Clean(name))
        body = await executor.propose(Request(f"pgbouncer.{verb}", (thing,), {}))
        return await executor.approve(Approval(digest(body), plan_of(body).confirm, "a test"))

    executor.arm(3600, "")
    with pytest.raises(Refused, match="not paused"):
        await act("resume")
    paused = await act("pause")
    assert paused.ended is Ended.VERIFIED
    assert paused.undo[0].action == "pgbouncer.resume"
    with pytest.raises(Refused, match="is no database"):
        await act("pause", name='app"; SHUTDOWN; --')
    assert (await act("resume", "watch")).ended is Ended.FAILED  # stats_users only look
    assert (await act("resume")).ended is Ended.VERIFIED
    await executor.idle()
    await ways.close()


@pytest.mark.server
async def test_its_console_takes_commands_one_by_one(pool: Pooler) -> None:
    async with opened(pool.target(), asking("SHOW VERSION", "SHOW NONSENSE", "SHOW LISTS")) as talk:
        version, refused, lists = await talk.parts()
        assert version[0] == ("version",)
        assert refused == "08P01"
        assert lists[0] == ("list", "items")
    status, said = await done(PostgresTransport(), pool.target(), "SHOW VERSION", "x")
    assert (status, b"takes no parameters" in said) == (1, True)
    assert (await done(PostgresTransport(), pool.target("ops"), "RELOAD")) == (0, b"")


@pytest.mark.server
async def test_a_server_behind_it_is_not_watched_and_gets_no_settings(pool: Pooler) -> None:
    for _ in range(3):
        with pytest.raises(Unsupported, match="a pooler stands in front"):
            async with opened(pool.target("ops", "app"), asking("SELECT 1")):
                pass
    with contextlib.closing(pool.connect()) as client:
        assert client.execute("SHOW statement_timeout").fetchall() == [("0",)]
        assert client.execute("SELECT count(*) FROM pg_prepared_statements").fetchall() == [(0,)]
