"""A primary and its standby: who streams, what a slot keeps, and what is told when one goes."""

import asyncio
from collections.abc import Generator

import pytest

from opsconsole.errors import Refused
from opsconsole.plan import Ended
from tests.domains.database.postgres.operator import Operator
from tests.domains.database.postgres.scene import Said, Watcher, watched
from tests.servers.postgres import Server, primary, standby
from tests.servers.sampler import eventually

pytestmark = pytest.mark.server


@pytest.fixture(scope="module", params=("", "18"), ids=("distribution", "18"))
def pair(request: pytest.FixtureRequest) -> Generator[tuple[Server, Server]]:
    with primary(version=request.param) as first, standby(first) as second:
        yield first, second


async def until(view: Watcher, probe: str, over: str = "", **wanted: object) -> Said:
    """Read until a row has these values, and `over` is more than nothing."""
    async with asyncio.timeout(60):
        while True:
            for row in await view.rows(probe):
                if wanted.items() <= row.items() and (not over or float(str(row[over] or 0)) > 0):
                    return row
            await asyncio.sleep(0.1)


async def test_both_sides_tell_of_it(pair: tuple[Server, Server]) -> None:
    first, second = pair
    async with watched(first.target()) as view, watched(second.target()) as other:
        replica = await until(view, "replica", state="streaming", application="standby1")
        assert replica["sync"] == "async"
        assert replica["backend"]
        await until(view, "replica", unreplayed_bytes=0.0)
        slot = await view.row("slot", slot="s1")
        assert (slot["state"], slot["wal_status"], slot["pid"]) == (
            "active",
            "reserved",
            replica["pid"],
        )
        health = await view.row("health")
        assert (health["role"], health["replicas"]) == ("primary", 1)

        receiver = await until(other, "receiver", state="streaming")
        assert (receiver["host"], receiver["slot"]) == (first.address, "s1")
        assert receiver["replay"] == "running"
        assert (await other.row("health"))["role"] == "standby"
        assert await other.rows("replica") == []
        for name in ("session", "database", "table", "index", "setting", "checkpoint"):
            await other.rows(name)  # nothing that only a primary can answer
        assert second.log.count("ERROR") == 0


async def test_replay_that_is_paused_lags_behind(pair: tuple[Server, Server]) -> None:
    first, second = pair
    first.sql("CREATE TABLE warm ()")
    replayed = "SELECT pg_last_xact_replay_timestamp() IS NOT NULL"
    await eventually(lambda: second.sql(replayed) == [(True,)])
    second.sql("SELECT pg_wal_replay_pause()")
    first.sql("CREATE TABLE ahead AS SELECT generate_series(1, 5000)")
    async with watched(first.target()) as view, watched(second.target()) as other:
        await until(other, "receiver", replay="paused")
        row = await until(other, "receiver", "unreplayed_bytes")
        assert float(str(row["lag_s"])) > 0
        await until(other, "health", "replication_lag_s")
        await until(view, "replica", "unreplayed_bytes")
        second.sql("SELECT pg_wal_replay_resume()")
        await until(other, "receiver", replay="running", unreplayed_bytes=0.0, lag_s=0.0)


async def test_a_standby_that_goes_leaves_its_slot(pair: tuple[Server, Server]) -> None:
    first, second = pair
    operator = Operator(first)
    try:
        with pytest.raises(Refused, match="reads it"):
            await operator.plan("drop-slot", pins=(("slot", "s1"),))
        aside = Operator(second)
        oid = second.sql("SELECT 'ahead'::regclass::oid::text")[0][0]
        with pytest.raises(Refused, match="it is a standby"):
            await aside.plan("vacuum", pins=(("oid", oid), ("database", "postgres")))
        await aside.close()
        second.stop()
        async with watched(first.target()) as view:
            await until(view, "slot", slot="s1", state="inactive")
            assert await view.rows("replica") == []
            kept = float(str((await view.row("slot", slot="s1"))["retained_bytes"]))
            first.sql("CREATE TABLE more AS SELECT generate_series(1, 50000)")
            assert float(str((await view.row("slot", slot="s1"))["retained_bytes"])) > kept
            outcome = await operator.act("drop-slot", pins=(("slot", "s1"),))
            assert outcome.ended is Ended.VERIFIED
            assert await view.rows("slot") == []
    finally:
        await operator.close()


async def test_a_standby_that_is_promoted_is_a_primary(pair: tuple[Server, Server]) -> None:
    _, second = pair
    await asyncio.to_thread(second.start)
    async with watched(second.target()) as view:
        assert (await view.row("health"))["role"] == "standby"
        assert [row["state"] for row in await view.rows("receiver")] == ["not streaming"]
        second.sql("SELECT pg_promote()")
        await until(view, "health", role="primary")
        assert await view.rows("receiver") == []
