"""A source and its replica: what the replica says, stopped and started by the executor."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from dataclasses import replace

import pytest

from opsconsole.errors import Gone, Refused
from opsconsole.plan import Ended
from tests.domains.database.mysql.scene import Operator, payloads, rows_of, until
from tests.servers.mariadb import PASSWORD, MariaDb, server
from tests.servers.port import PORT
from tests.servers.sampler import eventually

pytestmark = pytest.mark.server

Pair = tuple[MariaDb, MariaDb]


@pytest.fixture(scope="module")
def pair() -> Generator[Pair, None, None]:
    """The second replicates from the first, over a channel with a name."""
    with server("source", server_id="1") as source, server("replica", server_id="2") as replica:
        replica.sql("RESET MASTER")  # its accounts are its own
        source.sql(
            "RESET MASTER; CREATE DATABASE s; CREATE TABLE s.t (id INT PRIMARY KEY);"
            f" CREATE USER copy IDENTIFIED BY '{PASSWORD}'; GRANT REPLICATION SLAVE ON *.* TO copy"
        )
        replica.sql(
            f"CHANGE MASTER 'main' TO MASTER_HOST='{source.address}', MASTER_PORT={PORT},"
            f" MASTER_USER='copy', MASTER_PASSWORD='{PASSWORD}', MASTER_USE_GTID=slave_pos,"
            " MASTER_CONNECT_RETRY=1; START SLAVE 'main'"
        )
        yield source, replica


@pytest.fixture
async def operator(pair: Pair) -> AsyncGenerator[Operator, None]:
    one = Operator(pair[1].target("act"))
    yield one
    await one.close()


async def channel(replica: MariaDb) -> dict[str, object]:
    (payload,) = await payloads(replica.target(), "health")
    (row,) = rows_of("mysql.replication", payload)
    return row


async def test_it_is_stopped_and_started_and_says_how_it_stands(
    pair: Pair, operator: Operator
) -> None:
    source, replica = pair
    source.sql("INSERT INTO s.t VALUES (1)")
    await eventually(lambda: replica.sql("SHOW DATABASES").count("s\n") >= 2)
    row = await _until(replica, "yes")
    assert (row["channel"], row["source"], row["sql"]) == (
        "main",
        f"{source.address}:{PORT}",
        "yes",
    )
    assert row["lag_s"] == 0.0
    assert str(row["gtid"]).startswith("0-1-")
    (payload,) = await payloads(replica.target(), "health")
    assert rows_of("mysql.health", payload)[0]["role"] == "replica"
    (payload,) = await payloads(source.target(), "health")
    (health,) = rows_of("mysql.health", payload)
    assert (health["role"], health["replicas"]) == ("primary", 1)

    to = replica.target("act")
    stopped = await operator.act("mysql.stop-replica", to, channel="main")
    assert stopped.ended is Ended.VERIFIED
    assert [one.action for one in stopped.undo] == ["mysql.start-replica"]
    row = await channel(replica)
    assert (row["io"], row["sql"], row["lag_s"]) == ("no", "no", None)
    with pytest.raises(Refused, match="stopped already"):
        await operator.propose("mysql.stop-replica", to, channel="main")
    source.sql("INSERT INTO s.t VALUES (2)")
    started = await operator.act("mysql.start-replica", to, channel="main")
    assert started.ended is Ended.VERIFIED
    await eventually(lambda: replica.number("SELECT COUNT(*) FROM s.t") == 2)
    with pytest.raises(Gone, match="no channel 'other'"):
        await operator.propose("mysql.start-replica", to, channel="other")


async def test_a_source_that_is_gone_and_data_that_differ_are_told(pair: Pair) -> None:
    source, replica = pair
    await _until(replica, "yes")
    replica.sql("INSERT INTO s.t VALUES (77)")
    source.sql("INSERT INTO s.t VALUES (77)")
    (row,) = await until(replica.target(), "mysql.replication", lambda rows: rows[0]["sql"] == "no")
    assert "Duplicate entry '77'" in str(row["sql_error"])
    source.kill()
    row = await _until(replica, "connecting")
    assert "reconnecting" in str(row["io_error"]) or "retry" in str(row["io_error"])


async def test_a_server_that_restarts_is_another_one(pair: Pair) -> None:
    replica = pair[1]
    (before,) = await payloads(replica.target(), "health")
    await asyncio.to_thread(replica.kill)
    await asyncio.to_thread(replica.start)
    (now,) = await payloads(replace(replica.target(), id="db"), "health")
    (row,) = rows_of("mysql.health", now, before)
    assert row["queries_per_s"] is None
    assert row["uptime_s"] is not None


async def _until(replica: MariaDb, io: str) -> dict[str, object]:
    (row,) = await until(replica.target(), "mysql.replication", lambda rows: rows[0]["io"] == io)
    return row
