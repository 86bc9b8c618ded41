"""Advice that is followed: indexes that are built and dropped on a real server."""

from collections.abc import AsyncGenerator

import pytest

from opsconsole.errors import Gone, Refused
from opsconsole.plan import Ended, Pins, Tier
from tests.domains.database.postgres.operator import Operator
from tests.domains.database.postgres.scene import Said, each, watched
from tests.servers.postgres import Server

pytestmark = pytest.mark.server

TABLE = '"a""; DROP TABLE b; --"'
COLUMNS = '"n""m", "select"'


@pytest.fixture
async def operator(server: Server) -> AsyncGenerator[Operator]:
    one = Operator(server)
    try:
        yield one
    finally:
        await one.close()


@pytest.fixture
def tables(server: Server) -> None:
    server.sql(
        f"DROP TABLE IF EXISTS {TABLE}, b",
        "CREATE TABLE b (x int, y int, PRIMARY KEY (x, y))",
        f'CREATE TABLE {TABLE} ("n""m" int, "select" int,'
        f' CONSTRAINT "odd""; \'one" FOREIGN KEY ({COLUMNS}) REFERENCES b)',
    )


async def advised(server: Server, **where: object) -> Said:
    async with watched(server.target()) as view:
        return await view.row("advice", **where)


def pins(row: Said) -> Pins:
    return tuple((name, str(row[name])) for name in ("oid", "database", "finding"))


def valid(server: Server) -> list[tuple[str, bool]]:
    return server.sql(
        "SELECT i.relname::text, x.indisvalid FROM pg_index x JOIN pg_class i ON i.oid ="
        " x.indexrelid JOIN pg_class t ON t.oid = x.indrelid WHERE t.relname LIKE 'a\"%'"
    )


@pytest.mark.usefixtures("tables")
@each
async def test_a_foreign_key_gets_its_index_and_loses_it_again(
    server: Server, operator: Operator
) -> None:
    row = await advised(server, finding="no index")
    plan = await operator.plan("create-index", pins=pins(row))
    assert plan.tier is Tier.NAME
    (item,) = plan.items
    (step,) = item.steps
    named = '"odd""; \'one_idx"'
    assert step.argv == (f"CREATE INDEX CONCURRENTLY {named} ON public.{TABLE} ({COLUMNS})",)
    assert "SHARE UPDATE EXCLUSIVE" in item.effect
    assert item.facts["disk needed"].startswith("about ")
    with pytest.raises(Refused, match="it belongs to ops"):
        await operator.plan("create-index", "watch", pins(row))

    outcome = await operator.act("create-index", pins=pins(row))
    assert outcome.ended is Ended.VERIFIED
    assert valid(server) == [("odd\"; 'one_idx", True)]
    with pytest.raises(Refused, match="is there already"):
        await operator.plan("create-index", pins=pins(row))
    (undo,) = outcome.undo
    assert undo.action == "postgres.drop-index"
    assert (await operator.act("drop-index", pins=undo.things[0].pins)).ended is Ended.VERIFIED
    assert valid(server) == []
    assert server.sql("SELECT to_regclass('b')::text") == [("b",)]


@pytest.mark.usefixtures("tables")
@each
async def test_a_double_goes_once_and_never_what_is_needed(
    server: Server, operator: Operator
) -> None:
    server.sql(
        "CREATE UNIQUE INDEX b_u ON b (y)", "CREATE INDEX b_1 ON b (x)", "CREATE INDEX b_2 ON b (x)"
    )
    row = await advised(server, finding="duplicate")
    plan = await operator.plan("drop-index", pins=pins(row))
    assert "CREATE INDEX b_2 ON public.b USING btree (x)" in plan.items[0].effect
    assert (await operator.act("drop-index", pins=pins(row))).ended is Ended.VERIFIED
    with pytest.raises(Gone):
        await operator.plan("drop-index", pins=pins(row))

    async def refused(index: str, finding: str, why: str) -> None:
        (found,) = server.sql(f"SELECT '{index}'::regclass::oid::text")
        one: Pins = (("oid", found[0]), ("database", "postgres"), ("finding", finding))
        with pytest.raises(Refused, match=why):
            await operator.plan("drop-index", pins=one)

    await refused("b_1", "duplicate", "has gone")
    await refused("b_1", "invalid", "valid by now")
    await refused("b_u", "unused", "it is unique")
    await refused("b_pkey", "duplicate", "it is a primary key")
    await refused("b_pkey", "", "it is a primary key")


@pytest.mark.usefixtures("tables")
@each
async def test_an_invalid_one_goes(server: Server, operator: Operator) -> None:
    half = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'b_half'::regclass"
    server.sql("CREATE INDEX b_half ON b (y)", half)
    row = await advised(server, finding="invalid")
    assert (await operator.act("drop-index", pins=pins(row))).ended is Ended.VERIFIED
    assert server.sql("SELECT to_regclass('b_half')::text") == [(None,)]


@pytest.mark.usefixtures("tables")
@each
async def test_neither_waits_for_an_old_transaction(
    server: Server, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opsconsole.domains.database.postgres.action import relation

    row = await advised(server, finding="no index")
    monkeypatch.setattr(relation, "LONG", -1)
    with server.connect() as conn, conn.transaction():
        conn.execute("SELECT 1")
        with pytest.raises(Refused, match="a transaction is open"):
            await operator.plan("create-index", pins=pins(row))
