"""A real cluster of three: seen, handed over, paused, restarted, copied, and without a leader."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator

import pytest

from opsconsole.domains.database.patroni import news
from opsconsole.domains.database.patroni.action.leader import FAILOVER, SWITCHOVER
from opsconsole.domains.database.patroni.action.node import PAUSE, REINITIALIZE, RESTART, RESUME
from opsconsole.domains.database.patroni.probe import CLUSTER, HISTORY, MEMBER, NODE
from opsconsole.errors import Malformed, Unreachable
from opsconsole.model import Target
from opsconsole.plan import Ended, Outcome
from tests.domains.database.patroni.scene import acted, barred, looked, opened, until
from tests.domains.database.postgres.operator import Operator
from tests.domains.database.postgres.scene import blocked, watched
from tests.domains.database.redis.scene import Table, table, thing
from tests.servers.patroni import SCOPE, Cluster, Member, patroni
from tests.servers.postgres import Server
from tests.servers.sampler import eventually

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def cluster() -> Generator[Cluster, None, None]:
    with patroni() as one:
        yield one


def quiet(rows: Table) -> bool:
    """Whether one leads and two follow on its timeline, with all that it wrote."""
    return sorted(row["role"] for row in rows) == ["leader", "replica", "replica"] and all(
        row["state"] in {"running", "streaming"} and row["timeline_gap"] == 0 for row in rows
    )


async def parts(cluster: Cluster) -> tuple[Member, list[Member]]:
    """Who leads, and who follows, once all is quiet."""
    rows = await until(cluster.members["n1"].target(), MEMBER, quiet)
    (leader,) = (cluster.members[row["name"]] for row in rows if row["role"] == "leader")
    return leader, [one for one in cluster.members.values() if one is not leader]


async def test_a_cluster_is_seen_by_every_member(cluster: Cluster) -> None:
    leader, followers = await parts(cluster)
    for member in cluster.members.values():
        (one,) = await until(member.target(), CLUSTER, lambda rows: rows[0]["replicas"] == 2)
        assert (one["cluster"], one["leader"], one["leadership"]) == (SCOPE, leader.name, "led")
        assert (one["members"], one["management"], one["sync"]) == (3, "automatic", "asynchronous")
        assert one["role"] == ("primary" if member is leader else "replica")
        assert (one["most_lag_bytes"], one["ttl_s"]) == (1 << 20, 20)
        assert one["version"]
        assert one["patroni"]
        assert one["dcs_seen"] > 1_700_000_000
        (own,) = await until(member.target(), NODE, lambda rows: rows[0]["state"] == "running")
        assert own["lock"] == "locked"
    rows = await until(
        followers[0].target(), MEMBER, lambda rows: {row["lag_bytes"] for row in rows} == {None, 0}
    )
    hosts = {row["name"]: row["host"].partition(":")[0] for row in rows}
    assert hosts == {one.name: one.database for one in cluster.members.values()}


async def test_the_leader_hands_over(cluster: Cluster) -> None:
    leader, (one, other) = await parts(cluster)
    to = other.target()
    (before,) = await until(to, CLUSTER, lambda rows: rows[0]["replication_lag_bytes"] == 0)
    assert "leads already" in await barred(SWITCHOVER, thing(name=leader.name), to)
    assert "leads and runs" in await barred(FAILOVER, thing(name=one.name), to)
    assert await looked(SWITCHOVER, thing(name="nobody"), to) is None
    facts = await acted(SWITCHOVER, thing(name=one.name), to)
    (now,) = await until(to, CLUSTER, lambda rows: rows[0]["leader"] == one.name)
    assert now["timeline"] == before["timeline"] + 1
    (told,) = news.turned("pg", 1.0, *([tuple(row.values())] for row in (before, now)))
    assert told.text == f"leader {leader.name} -> {one.name}"
    newest, *_ = await until(
        one.target(), HISTORY, lambda rows: bool(rows) and rows[0]["timeline"] == now["timeline"]
    )
    assert newest["lsn"]
    undo = SWITCHOVER.undo(thing(name=one.name), facts, {})
    assert undo is not None
    (back,) = undo.things
    assert dict(back.pins) == {"name": leader.name}


async def test_a_pause_keeps_all_as_it_is_until_it_ends(cluster: Cluster) -> None:
    _, (one, _) = await parts(cluster)
    to = one.target()
    here = thing(scope=SCOPE)
    assert await barred(RESUME, here, to) == "it is not paused"
    await acted(PAUSE, here, to)
    (row,) = await until(to, CLUSTER, lambda rows: rows[0]["management"] == "paused")
    assert row["leadership"] == "led"
    assert await barred(PAUSE, here, to) == "it is paused already"
    assert "paused" in await barred(SWITCHOVER, thing(name=one.name), to)
    await acted(RESUME, here, to)
    await until(to, CLUSTER, lambda rows: rows[0]["management"] == "automatic")


async def test_a_replica_is_restarted_and_copied_anew(cluster: Cluster) -> None:
    leader, (one, _) = await parts(cluster)
    to, here = one.target(), thing(scope=SCOPE)
    assert await barred(RESTART, here, to) == "no restart is pending"
    change = {"postgresql": {"parameters": {"max_connections": 40}}}
    leader.ask("PATCH", "/config", change)
    rows = await until(to, MEMBER, lambda rows: {row["restart"] for row in rows} == {"pending"})
    assert len(rows) == 3
    await until(to, NODE, lambda rows: rows[0]["pending_restart"] is True)
    await acted(RESTART, here, to)
    assert "it leads" in await barred(REINITIALIZE, here, leader.target())
    await acted(REINITIALIZE, here, to)
    await parts(cluster)


def base(member: Member) -> Server:
    """The PostgreSQL of a member."""
    return Server(member.data, member.database)


@contextlib.asynccontextmanager
async def underway(operator: Operator, server: Server) -> AsyncGenerator[asyncio.Task[Outcome]]:
    """An action whose statement waits for a lock."""
    server.sql("CREATE TABLE IF NOT EXISTS held (n int)")
    (oid,) = server.sql("SELECT 'held'::regclass::oid::text")
    pins = (("oid", str(oid[0])), ("database", "postgres"))
    with contextlib.closing(server.connect()) as holder:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE held IN SHARE UPDATE EXCLUSIVE MODE")
        deed = asyncio.create_task(operator.act("analyze", pins=pins))
        await eventually(lambda: blocked(server) == 1)
        yield deed


async def test_what_runs_on_a_leader_that_dies_has_an_outcome_that_is_not_known(
    cluster: Cluster,
) -> None:
    """And nobody leads until somebody is made to: whose session goes on, on the same connection."""
    leader, (one, other) = await parts(cluster)
    to = one.target()
    await acted(PAUSE, thing(scope=SCOPE), to)
    operator = Operator(base(leader), "ops", within_s=2.0)
    async with watched(base(one).target("ops")) as view:
        assert (await view.row("health"))["role"] == "standby"
        async with underway(operator, base(leader)) as deed:
            leader.stop()
            cluster.unlock()
            outcome = await deed
        assert outcome.ended is Ended.UNKNOWN
        assert "whether it was done is not known" in str(operator.log.bodies[-1])
        assert operator.log.kinds[-2:] == ["intent", "outcome"]
        with pytest.raises(Unreachable):
            await operator.plan("reload")
        await operator.close()
        await _made_to_lead(cluster, one, other)
        assert (await view.row("health"))["role"] == "primary"


async def _made_to_lead(cluster: Cluster, one: Member, other: Member) -> None:
    to = one.target()
    (row,) = await until(to, CLUSTER, lambda rows: rows[0]["leadership"] == "no leader")
    assert (row["leader"], row["timeline"]) == ("", None)
    await until(to, NODE, lambda rows: rows[0]["lock"] == "unlocked")
    assert "nobody leads" in await barred(SWITCHOVER, thing(name=one.name), to)
    assert "nobody leads" in await barred(REINITIALIZE, thing(scope=SCOPE), to)
    await acted(FAILOVER, thing(name=one.name), to)
    (own,) = await until(to, NODE, lambda rows: rows[0]["lock"] == "locked")
    assert own["role"] == "primary"
    await acted(RESUME, thing(scope=SCOPE), other.target())


async def test_a_dcs_that_is_away_is_no_member_that_is_away(cluster: Cluster) -> None:
    to: Target = cluster.members["n1"].target()
    for member in cluster.members.values():
        if member.process is not None:
            to = member.target()
    cluster.dcs.stop()
    await until(to, NODE, lambda rows: rows[0]["lock"] == "unlocked")
    async with opened(to) as (session, heard):
        session.ask("cluster")
        await heard.until(lambda all_: len(all_.answers) == 1, 60)
        (last,) = heard.answers
        assert isinstance(last.error, Malformed)
        assert "hangs up" in last.error.remedy
        session.ask("node")
        await heard.until(lambda all_: len(all_.answers) == 2, 60)
        (row,) = table(NODE, heard.answers[-1].payload)
        assert row["lock"] == "unlocked"
