"""One statement of an action: parameters stay values, rows are lines, a refusal is a status."""

import asyncio
import json

import pytest

from opsconsole.errors import Lost, Refused, Unreachable
from opsconsole.transports.mysql import MysqlTransport
from tests.servers.mariadb import MariaDb
from tests.servers.sampler import eventually
from tests.transports.doing import Told, doer, done
from tests.transports.mysql.scene import Rogue

pytestmark = pytest.mark.server

NASTY = ("x' OR '1'='1", "\\", "%s", "é\x00\n", "'; DROP DATABASE mysql; --")


async def test_parameters_are_values_and_rows_are_lines(db: MariaDb) -> None:
    sql = "SELECT " + ", ".join(f"%s AS p{at}" for at in range(len(NASTY)))
    status, out = await done(MysqlTransport(), db.target(), sql, *NASTY)
    assert status == 0
    assert json.loads(out) == {f"p{at}": value for at, value in enumerate(NASTY)}
    assert out.count(b"\n") == 1
    plain = "SELECT '100%' AS a UNION SELECT NULL"
    status, out = await done(MysqlTransport(), db.target(), plain)
    assert (status, out) == (0, b'{"a":"100%"}\n{"a":null}\n')


async def test_a_refusal_is_a_status_with_its_words(db: MariaDb) -> None:
    told = await done(MysqlTransport(), db.target(), "KILL QUERY %s", "999999999")
    assert told == (1, b"ERROR 1094: Unknown thread id: 999999999\n")
    status, out = await done(MysqlTransport(), db.target(), "SELECT 1; SELECT 2")
    assert (status, out[:11]) == (1, b"ERROR 1064:")


async def test_words_that_do_not_fit_are_refused(db: MariaDb) -> None:
    for argv in (("KILL %s", "1", "2"), ("SELECT 1", "x")):
        with pytest.raises(Refused, match="do not fit"):
            await done(MysqlTransport(), db.target(), *argv)


async def test_what_was_never_sent_and_what_may_have_been_done(db: MariaDb) -> None:
    rogue = Rogue()
    async with rogue.running() as target:
        pass
    with pytest.raises(Unreachable):
        await done(MysqlTransport(), target, "KILL 1")
    running = asyncio.create_task(
        doer(MysqlTransport()).execute(db.target(), ("SELECT SLEEP(60)",), Told())
    )
    sleeping = (
        "SELECT COALESCE(MAX(id), 0) FROM information_schema.processlist"
        " WHERE info LIKE 'SELECT SL%'"
    )
    await eventually(lambda: db.number(sleeping) > 0)
    db.sql(f"KILL {db.number(sleeping)}")
    with pytest.raises(Lost, match="whether it was done is not known"):
        await running
    rogue.reply, rogue.polite = b"\xfb/etc/hostname", 1
    async with rogue.running() as target:
        with pytest.raises(Lost, match="whether it was done is not known"):
            await done(MysqlTransport(), target, "KILL 1")


async def test_what_is_given_up_ends_on_the_server(db: MariaDb) -> None:
    running = asyncio.create_task(done(MysqlTransport(), db.target(), "SELECT SLEEP(601)"))
    sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE '%SLEEP(601)'"
    await eventually(lambda: db.number(sleeping) == 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await eventually(lambda: db.number(sleeping) == 0)
