"""A real MariaDB: what its panes show, and a chain of locks that goes when its root is killed."""

from collections.abc import AsyncGenerator, Generator

import pytest

from opsconsole.errors import Denied, Gone, Refused
from opsconsole.plan import Ended, Tier
from tests.domains.database.mysql.scene import Operator, Table, payloads, rows_of, shown, until
from tests.servers.mariadb import Client, MariaDb, clients, server
from tests.servers.sampler import eventually

pytestmark = pytest.mark.server

TABLES = (
    "CREATE DATABASE IF NOT EXISTS s; DROP TABLE IF EXISTS s.t;"
    " CREATE TABLE s.t (id INT PRIMARY KEY, v INT) ENGINE=InnoDB;"
    " INSERT INTO s.t VALUES (1, 0), (2, 0), (3, 0)"
)


@pytest.fixture(scope="module")
def db() -> Generator[MariaDb, None, None]:
    with server("db", innodb_lock_wait_timeout="300") as one:
        one.sql(TABLES)
        yield one


@pytest.fixture(autouse=True)
def _alive(db: MariaDb) -> None:
    db.revive()


@pytest.fixture
async def operator(db: MariaDb) -> AsyncGenerator[Operator, None]:
    one = Operator(db.target("act"))
    yield one
    await one.close()


def held(db: MariaDb) -> tuple[Client, Client, Client]:
    """Three sessions of which each waits for the one before, and the first for nobody."""
    root = db.session("USE s", "BEGIN", "UPDATE t SET v = 1", "SELECT 'ready'")
    root.heard()
    middle = db.session("USE s", "BEGIN", "SELECT 'ready'", "UPDATE t SET v = 2 WHERE id = 1")
    middle.heard()
    last = db.session("USE s", "SELECT 'ready'", "ALTER TABLE t ADD COLUMN x INT")
    last.heard()
    return root, middle, last


async def test_a_chain_of_locks_goes_when_its_root_is_killed(
    db: MariaDb, operator: Operator
) -> None:
    root, middle, last = held(db)
    with clients(root, middle, last):
        tree = await _tree(db, 3)
        assert [(row["id"], row["depth"], row["blocks"]) for row in tree] == [
            (root.id, 0, 2),
            (middle.id, 1, 1),
            (last.id, 2, 0),
        ]
        assert str(tree[2]["object"]).startswith("s.t")
        assert tree[2]["blocked_by"] == f"{root.id} {middle.id}"
        (health,) = (await shown(db.target(), "mysql.health"))["mysql.health"]
        assert health["waiting_sessions"] == 1.0

        plan, body = await operator.propose(
            "mysql.kill-connection", db.target("act"), id=root.id, started=tree[0]["started"]
        )
        (item,) = plan.items
        assert item.steps[0].argv == ("KILL CONNECTION %s", str(root.id))
        assert (item.facts["rows_modified"], item.facts["transaction"]) == ("3", "running")
        assert "3 rows that its transaction changed are rolled back" in item.effect
        assert plan.tier is Tier.NAME
        assert (await operator.approve(plan, body)).ended is Ended.VERIFIED
        middle.say("COMMIT")
        middle.say("SELECT 'done'")
        assert middle.heard() == "done"
        await eventually(lambda: "x" in db.sql("DESC s.t"))
        assert db.sql("SELECT v FROM s.t ORDER BY id").split() == ["2", "0", "0"]
    with pytest.raises(Gone, match=f"connection {root.id} is gone"):
        await operator.propose("mysql.kill-connection", db.target("act"), id=root.id)


async def _tree(db: MariaDb, size: int) -> Table:
    return await until(db.target(), "mysql.lock", lambda rows: len(rows) >= size)


async def test_a_query_is_killed_and_its_connection_stays(db: MariaDb, operator: Operator) -> None:
    busy = "SELECT COUNT(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b WHERE a.seq <> b.seq"
    sleeper = db.session("USE s", busy)
    with clients(sleeper):
        await eventually(lambda: "seq_1_to" in db.sql("SHOW PROCESSLIST"))
        plan, body = await operator.propose("mysql.kill-query", db.target("act"), id=sleeper.id)
        assert '"rows":1000000' in plan.items[0].preview
        assert (await operator.approve(plan, body)).ended is Ended.VERIFIED
        sleeper.say("SELECT CONNECTION_ID() + 0")
        assert str(sleeper.id) in {sleeper.heard(), sleeper.heard()}
        with pytest.raises(Refused, match="it runs no statement"):
            await operator.propose("mysql.kill-query", db.target("act"), id=sleeper.id)


async def test_a_connection_of_another_start_of_the_server_is_not_the_same(
    db: MariaDb, operator: Operator
) -> None:
    idle = db.session()
    with clients(idle):
        with pytest.raises(Refused, match="moved"):
            await operator.propose("mysql.kill-connection", db.target("act"), id=idle.id, started=1)
        assert str(idle.id) in db.sql("SELECT id FROM information_schema.processlist").split()
    with pytest.raises(Refused, match="is no id"):
        await operator.propose("mysql.kill-connection", db.target("act"), id="1 OR 1=1")


async def test_who_may_not_kill_is_told_so(db: MariaDb) -> None:
    idle, one = db.session(), Operator(db.target("watch"))
    with clients(idle):
        done = await one.act("mysql.kill-connection", db.target("watch"), id=idle.id)
        assert done.ended is Ended.FAILED
        assert done.results[0].status == 1
        await one.close()


async def test_without_grants_fields_are_unknown_and_the_rest_is_there(db: MariaDb) -> None:
    guest = db.target("guest")
    (health,) = (await shown(guest, "mysql.health"))["mysql.health"]
    assert health["missing"] == "PROCESS ON *.*; SLAVE MONITOR ON *.*"
    assert (health["role"], health["longest_transaction_s"]) == (None, None)
    assert isinstance(health["queries_per_s"], float)
    assert health["history"] is not None
    for probe, exchange in (
        ("mysql.lock", "sessions"),
        ("mysql.replication", "health"),
        ("mysql.statement", "statements"),
    ):
        (payload,) = await payloads(guest, exchange)
        with pytest.raises(Denied, match="does not show us"):
            rows_of(probe, payload)


async def test_long_and_broken_statements_survive(db: MariaDb) -> None:
    broken = db.session()
    with clients(broken):
        broken.say("SET max_statement_time = 0")
        text = "\x1b[2J" + "x" * (1 << 20)
        broken.write(b"SELECT SLEEP(300), '" + text.encode() + b"\xff\xfe';\n")
        await eventually(lambda: "Sleep" not in _command(db, broken.id))
        (payload,) = await payloads(db.target(), "sessions")
        (row,) = [one for one in rows_of("mysql.session", payload) if one["id"] == broken.id]
        assert len(payload) < 20_000
        assert len(str(row["statement"])) <= 1000
        assert "\x1b" not in str(row["statement"])


def _command(db: MariaDb, who: int) -> str:
    return db.sql(f"SELECT command FROM information_schema.processlist WHERE id = {who}")


async def test_what_costs_the_most_and_how_large_it_is(db: MariaDb) -> None:
    (digests,) = (await shown(db.target(), "mysql.statement")).values()
    assert any("INSERT INTO `s` . `t`" in str(row["statement"]) for row in digests)
    totals = [row["total_s"] for row in digests]
    assert totals == sorted(totals, key=lambda value: -float(str(value)))


async def test_schemas_are_as_large_as_their_files_whatever_the_account_may_read(
    db: MariaDb,
) -> None:
    db.sql("CREATE DATABASE `my-db`; CREATE TABLE `my-db`.`a#b` (id INT) ENGINE=InnoDB")
    (payload,) = await payloads(db.target("act"), "schemas")
    sizes = {row["database"]: row for row in rows_of("mysql.schema", payload)}
    one = sizes["my-db"]
    assert (one["size_bytes"], one["tables"], one["rows"]) == (65536.0, 1, None)
    db.sql("CREATE TABLE `my-db`.m (id INT) ENGINE=MyISAM; GRANT SELECT ON `my-db`.* TO guest")
    (payload,) = await payloads(db.target("guest"), "schemas")
    (found,) = rows_of("mysql.schema", payload)
    assert (found["database"], found["tables"], found["not_innodb"]) == ("my-db", 2, 1.0)
    assert found["size_bytes"] == found["data_bytes"] + found["index_bytes"]  # type: ignore[operator]
    db.sql("DROP DATABASE `my-db`")
