"""A MariaDB as the collector watches it: lost when it is killed, back when it runs."""

import asyncio
from collections.abc import Callable, Generator
from dataclasses import replace

import pytest

from opsconsole.domains.database.mysql.news import server as tell
from opsconsole.engine import watching
from opsconsole.estate import Estate
from opsconsole.model import Row, Sample
from opsconsole.ports import ConsoleEnd, Samples
from tests.domains.database.mysql.scene import PROBES
from tests.servers.mariadb import MariaDb, server

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def db() -> Generator[MariaDb, None, None]:
    with server() as one:
        yield one


@pytest.fixture(autouse=True)
def _alive(db: MariaDb) -> None:
    db.revive()


class Seen:
    """What a console was told."""

    def __init__(self, console: ConsoleEnd) -> None:
        self._console = console
        self.samples: dict[str, Sample] = {}

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(120):
            while not true():
                message = await self._console.receive()
                if isinstance(message, Samples):
                    self.samples.update({one.probe: one for one in message.samples})

    def fault(self) -> str:
        sample = self.samples.get("mysql.health")
        return sample.fault.kind if sample and sample.fault else ""

    @property
    def rows(self) -> list[Row]:
        sample = self.samples.get("mysql.health")
        return (sample.rows or []) if sample else []

    def has(self, column: str) -> bool:
        place = PROBES["mysql.health"].index(column)
        return bool(self.rows) and self.rows[0][place] is not None


async def test_it_is_lost_and_comes_back_as_one_that_restarted(db: MariaDb) -> None:
    fast = dict.fromkeys(("health", "sessions"), 0.5)
    target = replace(db.target(), intervals=fast)
    async with watching(Estate((target,)), [("mysql.session", "db")]) as console:
        seen = Seen(console)
        await seen.until(lambda: seen.has("queries_per_s") and "mysql.session" in seen.samples)
        before = seen.rows
        await asyncio.to_thread(db.kill)
        await seen.until(lambda: seen.fault() in {"lost", "unreachable"})
        await asyncio.to_thread(db.start)
        await seen.until(lambda: seen.has("queries_per_s") and not seen.fault())
        told = tell("db", 1e12, before, seen.rows)
        assert [one.text for one in told] == ["restarted"]
