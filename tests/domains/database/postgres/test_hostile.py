"""A server with a crowd of sessions, and one that stops in the middle of it all."""

import asyncio
import contextlib
import signal
from collections.abc import Generator
from dataclasses import replace

import psutil
import pytest

from opsconsole.domains.database.postgres import INTEGRATION
from opsconsole.engine import watching
from opsconsole.errors import Unreachable
from opsconsole.estate import Estate
from opsconsole.plan import Ended
from opsconsole.question import Statement, of_kind
from opsconsole.transports.postgres import PostgresTransport, pool, session
from tests.domains.database.postgres.operator import Operator
from tests.domains.database.postgres.scene import PROBES, named, until_blocked
from tests.domains.database.postgres.test_together import Seen
from tests.servers.postgres import Server
from tests.servers.sampler import Heard

pytestmark = pytest.mark.server

MOST = 5000
CROWD = 8_000

_CROWD = (
    "CREATE SCHEMA crowd",
    # What the view is, with sessions of which each waits for the one before and says a great deal.
    "CREATE TABLE crowd.activity AS SELECT a.* FROM pg_stat_activity a LIMIT 0",
    "INSERT INTO crowd.activity (pid, backend_start, datname, usename, application_name, state,"
    " backend_type, xact_start, query_start, state_change, query, datid)"
    " SELECT g, now(), repeat('d', 63), repeat('u', 63), repeat('\u202e', 21),"
    " CASE g % 9 WHEN 0 THEN 'active' ELSE 'idle' END, 'client backend', now(), now(), now(),"
    " repeat('é', CASE WHEN g % 2000 = 0 THEN 500000 ELSE 1100 END), 1"
    f" FROM generate_series(1, {CROWD}) g",
)


@pytest.mark.parametrize(("probe", "count"), [("session", CROWD // 9), ("connection", MOST)])
async def test_a_crowd_of_thousands_is_bounded(
    server: Server, probe: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table stands in for the view: so many processes are no test of ours."""
    monkeypatch.setitem(pool.LIMITS, "statement_timeout", "60s")  # what counts is what comes
    if not server.sql("SELECT 1 FROM pg_namespace WHERE nspname = 'crowd'"):
        server.sql(*_CROWD)
    one = PROBES[f"postgres.{probe}"]
    asked = tuple(
        replace(each, sql=each.sql.replace("pg_stat_activity a", "crowd.activity a"))
        for each in of_kind(INTEGRATION.questions, Statement)[one.exchange]
    )
    transport, heard = PostgresTransport(), Heard()
    try:
        talk = await transport.open(server.target("ops"), {one.exchange: asked}, 1.0, heard)
        talk.ask(one.exchange)
        await heard.until(lambda all_: len(all_.answers) == 1, 120)
    finally:
        await transport.close()
    (answer,) = heard.answers
    # 2000 bytes of a statement, become half as many characters, and the names beside it.
    assert len(answer.payload) < MOST * 2600
    rows = named(one, one.rows(one.read(answer.payload), None))
    assert len(rows) == count
    assert max(len(str(row["query"])) for row in rows) <= 1000
    assert {row["database"] for row in rows} == {"d" * 63}
    assert not any("\u202e" in str(row["application"]) for row in rows)


@contextlib.contextmanager
def frozen(server: Server) -> Generator[None]:
    """All of its processes stand still, as behind a network that hangs: nothing is refused."""
    assert server.process is not None
    whole = psutil.Process(server.process.pid)
    stopped = [whole, *whole.children(recursive=True)]
    for one in stopped:
        one.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for one in stopped:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGCONT)


async def test_one_that_stops_is_told_and_goes_on(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PATIENCE", 0.5)
    monkeypatch.setattr(pool, "CONNECTING", 2)
    target = replace(server.target(), intervals={"health": 0.5, "sessions": 0.5})
    async with watching(Estate((target,)), [("postgres.session", "db")]) as console:
        view = Seen(console)
        await view.until(lambda: view.state("session") == "live")
        with frozen(server):
            await view.until(lambda: view.state("health") == "unreachable")
            assert view.samples["postgres.health"].rows is None
        await view.until(lambda: view.state("health") == view.state("session") == "live")


async def test_an_action_on_one_that_stops_is_not_begun_or_comes_to_its_end(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "CONNECTING", 2)
    operator = Operator(server, "ops")
    server.sql("CREATE TABLE halted (n int)")
    (oid,) = server.sql("SELECT 'halted'::regclass::oid::text")
    pins = (("oid", str(oid[0])), ("database", "postgres"))
    try:
        with contextlib.closing(server.connect()) as holder:
            holder.execute("BEGIN")
            holder.execute("LOCK TABLE halted IN SHARE UPDATE EXCLUSIVE MODE")
            deed = asyncio.create_task(operator.act("analyze", pins=pins))
            await until_blocked(server, 1)
            with frozen(server), pytest.raises(Unreachable):
                await operator.plan("reload")
            assert not deed.done()
            holder.execute("ROLLBACK")
        assert (await deed).ended is Ended.VERIFIED
        assert operator.log.kinds[-1] == "outcome"
    finally:
        await operator.close()
