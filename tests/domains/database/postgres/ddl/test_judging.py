"""The account of a statement, as an operator sees it of a real server."""

from collections.abc import AsyncGenerator

import pytest

from opsconsole.errors import Refused
from opsconsole.plan import Ended, Tier
from tests.domains.database.postgres.operator import Operator
from tests.servers.postgres import Server

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def shop(server: Server) -> Server:
    server.sql(
        "CREATE SCHEMA shop",
        "CREATE TABLE shop.item (id int PRIMARY KEY, note text, code varchar(10))",
        "INSERT INTO shop.item SELECT g, 'x' FROM generate_series(1, 2000) g",
        "VACUUM ANALYZE shop.item",
        "CREATE TABLE shop.sale (item int)",
        "CREATE TABLE many (n int) PARTITION BY LIST (n)",
        *(f"CREATE TABLE many_{n} PARTITION OF many FOR VALUES IN ({n})" for n in range(30)),
    )
    return server


@pytest.fixture
async def operator(shop: Server) -> AsyncGenerator[Operator]:
    one = Operator(shop)
    try:
        yield one
    finally:
        await one.close()


async def told(operator: Operator, sql: str, role: str = "watch") -> list[str]:
    (item,) = (await operator.plan("ddl", role, statement=sql)).items
    return item.preview.splitlines()


async def test_it_tells_lock_work_size_and_a_safer_way(operator: Operator) -> None:
    lines = await told(operator, "ALTER TABLE shop.item ADD CHECK (id > 0)")
    assert "nothing of it is run" in lines[0]
    assert "table shop.item: ACCESS EXCLUSIVE, blocks reads and writes" in lines
    assert any("1 index of" in line and "about 2000 rows" in line for line in lines), lines
    assert "  ADD CHECK: reads every row (to see that each row passes)" in lines
    assert "  nobody holds a lock now that it would wait for" in lines
    assert any(line.startswith("safer: ADD … NOT VALID") for line in lines)
    assert any("SET lock_timeout" in line for line in lines)


async def test_each_part_is_told_once_and_by_what_it_does(operator: Operator) -> None:
    lines = await told(
        operator,
        "ALTER TABLE shop.item ADD at timestamptz DEFAULT clock_timestamp() NOT NULL,"
        " ADD FOREIGN KEY (id) REFERENCES shop.item",
    )
    assert [line.partition(":")[0] for line in lines if line.startswith("  ADD ")] == [
        "  ADD COLUMN at timestamptz",
        "  ADD FOREIGN KEY",
    ]


async def test_it_tells_who_is_in_its_way(shop: Server, operator: Operator) -> None:
    with shop.connect() as conn:
        conn.execute("BEGIN")
        conn.execute("SELECT count(*), 'token=s3cret' FROM shop.item")
        pid = conn.info.backend_pid
        strong = await told(operator, "ALTER TABLE shop.item ALTER note TYPE varchar(9)")
        weak = await told(operator, "CREATE INDEX CONCURRENTLY ON shop.item (note)")
        conn.execute("ROLLBACK")
    (who,) = [line for line in strong if f"pid {pid} " in line]
    assert "idle in transaction" in who
    assert who.endswith("it holds ACCESS SHARE")
    assert "SELECT count(*)" in who
    assert "s3cret" not in who
    assert "  it would wait now for 1 session:" in strong
    assert any("writes the whole table" in line and "more disk" in line for line in strong)
    assert "  nobody holds a lock now that it would wait for" in weak, "of this table"
    assert any("waits for all transactions" in line for line in weak)


async def test_what_the_server_does_not_know_is_said(operator: Operator) -> None:
    lines = await told(operator, "DROP TABLE shop.item, nowhere, item")
    assert sum("no such relation is found (search_path: public)" in line for line in lines) == 2
    (line,) = [
        line
        for line in await told(operator, "ALTER TABLE shop.item ALTER nil TYPE int")
        if "ALTER" not in line and "nil" in line
    ]
    assert "no column nil is found: taken for a rewrite" in line
    assert any(
        "no type nothing is known here" in line
        for line in await told(operator, "ALTER TABLE shop.item ADD x nothing")
    )


async def test_many_partitions_are_counted(operator: Operator) -> None:
    lines = await told(operator, "ALTER TABLE many ADD x int")
    assert sum(line.startswith(("table ", "partitioned table ")) for line in lines) == 20
    assert "and 11 relations more, of the same kind" in lines


async def test_what_is_not_understood_gets_no_plan(operator: Operator) -> None:
    with pytest.raises(Refused, match="not understood at 'NONSENSE'"):
        await operator.plan("ddl", statement="DROP TABLE shop.item NONSENSE")
    with pytest.raises(Refused, match="statement"):
        await operator.plan("ddl", statement="")
    with pytest.raises(Refused, match="judged here: ALTER TABLE"):
        await operator.plan("ddl", statement="SELECT 1")


async def test_it_is_read_only_and_nothing_of_it_is_run(shop: Server, operator: Operator) -> None:
    plan = await operator.plan("ddl", statement="DROP TABLE shop.sale")
    assert plan.tier is Tier.YES
    assert not plan.note
    outcome = await operator.act("ddl", statement="DROP TABLE shop.sale")
    assert outcome.ended is Ended.VERIFIED
    assert shop.sql("SELECT to_regclass('shop.sale') IS NOT NULL") == [(True,)]


async def test_names_that_are_hostile_are_names(shop: Server, operator: Operator) -> None:
    shop.sql("""CREATE TABLE "x'); DROP TABLE shop.sale; --\\" (n int)""")
    sql = """ALTER TABLE "x'); DROP TABLE shop.sale; --\\" ALTER n TYPE pg_catalog."int8" """
    assert any("writes the whole table" in line for line in await told(operator, sql))
    assert shop.sql("SELECT to_regclass('shop.sale') IS NOT NULL") == [(True,)]
