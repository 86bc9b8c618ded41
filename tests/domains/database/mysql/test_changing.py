"""A real MariaDB that is changed: indexes built and dropped, statistics renewed, variables set."""

from collections.abc import AsyncGenerator, Generator

import pytest

from opsconsole.errors import Denied, Gone, Refused
from opsconsole.plan import Ended
from tests.domains.database.mysql.scene import Operator, payloads, rows_of
from tests.servers.mariadb import MariaDb, clients, server
from tests.servers.sampler import eventually

pytestmark = pytest.mark.server

TABLES = (
    "CREATE DATABASE s; CREATE TABLE s.`a``b` (id INT PRIMARY KEY, v INT, w VARCHAR(60),"
    " UNIQUE u (w)) ENGINE=InnoDB; INSERT INTO s.`a``b` VALUES (1, 1, 'x'), (2, 2, 'y');"
    " CREATE TABLE s.t (id INT PRIMARY KEY, v INT, w VARCHAR(60), UNIQUE u (w)) ENGINE=InnoDB;"
    " CREATE TABLE s.m (id INT) ENGINE=MyISAM;"
    " CREATE TABLE s.p (id INT) ENGINE=InnoDB PARTITION BY HASH (id) PARTITIONS 2;"
    " GRANT SELECT, INSERT, INDEX ON s.* TO act"
)


@pytest.fixture(scope="module")
def db() -> Generator[MariaDb, None, None]:
    with server("db") as one:
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


def names(db: MariaDb) -> list[str]:
    return db.sql(
        "SELECT DISTINCT index_name FROM information_schema.statistics"
        " WHERE table_schema = 's' AND table_name = 't' ORDER BY 1"
    ).split()


async def test_an_index_is_built_in_place_and_taken_back(db: MariaDb, operator: Operator) -> None:
    here = db.target("act")
    (payload,) = await payloads(here, "tables")
    tables = {row["table"]: row for row in rows_of("mysql.table", payload)}
    assert tables["s/t"]["engine"] == "InnoDB"
    said = {"columns": "V, w(10)"}
    plan, body = await operator.propose("mysql.add-index", here, said=said, table="s/t")
    (item,) = plan.items
    assert item.steps[0].argv == (
        "CREATE INDEX `ix_V_w` ON `s`.`t` (`V`, `w`(10)) ALGORITHM=INPLACE LOCK=NONE",
    )
    assert item.facts["indexes"] == "PRIMARY!(id); u!(w)"
    assert "INPLACE, while others read and write" in item.effect
    done = await operator.approve(plan, body)
    assert (done.ended, names(db)) == (Ended.VERIFIED, ["ix_V_w", "PRIMARY", "u"])
    with pytest.raises(Refused, match=r"ix_V_w\(v,w\(10\)\) begins with the same columns"):
        await operator.propose("mysql.add-index", here, said={"columns": "v"}, table="s/t")
    back = await operator.undo(done)
    assert (back.ended, names(db)) == (Ended.VERIFIED, ["PRIMARY", "u"])
    assert (back.undo[0].action, back.undo[0].arguments) == (
        "mysql.add-index", {"columns": "v,w(10)"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "table", "said", "why"),
    [
        ("add-index", "s/t", {}, "has to be told columns"),
        ("add-index", "s/t", {"columns": "v) , DROP"}, "columns in order"),
        ("add-index", "s/m", {"columns": "id"}, "MyISAM locks the table"),
        ("add-index", "s/t", {"columns": "id"}, "PRIMARY"),
        ("drop-index", "s/t", {"index": "u"}, "keeps rows unique"),
        ("drop-index", "s/t", {"index": "PRIMARY"}, "keeps rows unique"),
        ("analyze-table", "s/m", {}, "keeps no statistics on disk"),
        ("analyze-table", "t", {}, "is no schema/table"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    db: MariaDb, operator: Operator, verb: str, table: str, said: dict[str, str], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        await operator.propose(f"mysql.{verb}", db.target("act"), said=said, table=table)


async def test_who_holds_the_table_is_shown_and_not_waited_for(
    db: MariaDb, operator: Operator
) -> None:
    here, holder = db.target("act"), db.session("BEGIN", "SELECT * FROM s.t", "SELECT 'ready'")
    with clients(holder):
        assert holder.heard() == "ready"
        said = {"columns": "v"}
        plan, body = await operator.propose("mysql.add-index", here, said=said, table="s/t")
        assert f'"id":{holder.id}' in plan.items[0].preview
        assert (await operator.approve(plan, body)).ended is Ended.FAILED  # after two seconds
        assert names(db) == ["PRIMARY", "u"]
        db.sql("SELECT COUNT(*) FROM s.t")  # and nobody queues up behind it


async def test_what_the_server_refuses_is_no_success(db: MariaDb, operator: Operator) -> None:
    said = {"columns": "nowhere"}
    done = await operator.act("mysql.add-index", db.target("act"), said=said, table="s/t")
    assert done.ended is Ended.FAILED
    with pytest.raises(Gone, match=r"no table s\.none"):
        await operator.propose("mysql.analyze-table", db.target("act"), table="s/none")


async def test_statistics_are_renewed_of_any_name(db: MariaDb, operator: Operator) -> None:
    db.sql("UPDATE mysql.innodb_table_stats SET last_update = NOW() - INTERVAL 1 DAY")
    for table in ("s/t", "s/p", "s/a`b"):
        done = await operator.act("mysql.analyze-table", db.target("act"), table=table)
        assert done.ended is Ended.VERIFIED, table
    db.sql("GRANT SELECT ON s.t TO watch")
    watch = Operator(db.target("watch"))
    with pytest.raises(Denied) as caught:
        await watch.propose("mysql.analyze-table", db.target("watch"), table="s/t")
    await watch.close()
    assert "mysql.innodb_table_stats" in caught.value.remedy


async def test_a_variable_is_set_and_taken_back(db: MariaDb, operator: Operator) -> None:
    here = db.target("act")
    (payload,) = await payloads(here, "settings")
    known = {row["name"]: row for row in rows_of("mysql.setting", payload)}
    assert (known["max_connections"]["value"], known["port"]["fixed"]) == ("151", True)
    plan, body = await operator.propose(
        "mysql.set-variable", here, said={"value": "300"}, name="max_connections"
    )
    assert plan.items[0].steps[0].argv == ("SET GLOBAL `max_connections` = 300",)
    assert "goes from 151 to 300, until the server restarts" in plan.items[0].effect
    done = await operator.approve(plan, body)
    assert (done.ended, db.number("SELECT @@max_connections")) == (Ended.VERIFIED, 300)
    assert done.undo[0].arguments == {"value": "151", "lasting": "no"}
    assert (await operator.undo(done)).ended is Ended.VERIFIED
    assert db.number("SELECT @@max_connections") == 151


async def test_texts_switches_and_nothing_are_values_too(db: MariaDb, operator: Operator) -> None:
    here = db.target("act")
    said = [("slow_query_log", "ON"), ("sql_mode", "''"), ("sql_mode", "DEFAULT")]
    ended = [
        await operator.act("mysql.set-variable", here, said={"value": value}, name=name)
        for name, value in said
    ]
    assert [one.ended for one in ended] == [Ended.VERIFIED] * 3
    done = ended[-1]
    back = await operator.undo(done)
    assert (back.ended, db.sql("SELECT @@global.sql_mode").strip()) == (Ended.VERIFIED, "")


@pytest.mark.parametrize(
    ("name", "said", "why"),
    [
        ("max_connections", {"value": "151"}, "has that value already"),
        ("port", {"value": "1"}, "read only"),
        ("init_connect", {"value": "DROP"}, "cut the way in"),
        ("max_connections", {"value": "9", "lasting": "yes"}, "MariaDB has no SET PERSIST"),
        ("max_connections = 1; --", {"value": "9"}, "is no variable"),
        ("max_connections", {"value": "a\nb"}, "printable"),
    ],
)
async def test_what_must_not_be_set_is_refused(
    db: MariaDb, operator: Operator, name: str, said: dict[str, str], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        await operator.propose("mysql.set-variable", db.target("act"), said=said, name=name)


async def test_how_far_an_alter_is_stands_beside_its_session(db: MariaDb) -> None:
    db.sql("CREATE TABLE s.big (id INT, t TEXT) ENGINE=InnoDB")
    db.sql("USE s; INSERT INTO big SELECT seq, REPEAT('x', 900) FROM seq_1_to_20000")
    one = db.session("USE s", *["ALTER TABLE big ENGINE=InnoDB, ALGORITHM=COPY"] * 40)
    seen: list[object] = []

    async def far() -> bool:
        (payload,) = await payloads(db.target(), "sessions")
        (row,) = (row for row in rows_of("mysql.session", payload) if row["id"] == one.id)
        seen.append(row["progress_percent"])
        return bool(seen[-1])

    with clients(one):
        for _ in range(200):
            if await far():
                break
        assert 0 < float(str(seen[-1])) <= 100
    await eventually(lambda: str(one.id) not in db.sql("SHOW PROCESSLIST").split())
