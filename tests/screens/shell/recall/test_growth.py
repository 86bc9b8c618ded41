"""Growth of the rows of a list, from a recording: of a real database, and on screen."""

from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.clean import Clean
from opsconsole.domains.database.postgres.relation import TABLE
from opsconsole.errors import UsageError
from opsconsole.model import Row, Sample
from opsconsole.recorder import Archive, FlightRecorder
from opsconsole.recorder.writer import CHUNK_S
from screens.shell.recall import growth
from screens.shell.recall.growth import DAY, Grown
from tests.domains.database.postgres.scene import Watcher, watched
from tests.screens.shell.replay.scene import recorded
from tests.screens.shell.stage import row
from tests.servers.postgres import primary

NOW = 1_795_000_000.0


async def _rows(view: Watcher) -> list[Row]:
    return [tuple(one.values()) for one in await view.rows("table")]


def _keep(where: Path, samples: list[Sample]) -> Archive:
    clock, moment = [0.0], [NOW - 10 * DAY]
    recorder = FlightRecorder(
        where, registry.probes(), (), wall=lambda: moment[0], clock=lambda: clock[0]
    )
    for sample in samples:
        moment[0] = sample.at
        recorder.take([sample])
        recorder.turn()
    clock[0] += CHUNK_S
    recorder.start()
    recorder.close(30.0)
    return Archive(where, registry.probes())


@pytest.mark.server
async def test_tables_of_a_real_database_grow_by_the_day(tmp_path: Path) -> None:
    with primary() as server:
        server.sql(
            "CREATE TABLE big (t text)",
            "CREATE TABLE still (t text)",
            "INSERT INTO big SELECT repeat('x', 500) FROM generate_series(1, 2000)",
            "INSERT INTO still SELECT repeat('x', 500) FROM generate_series(1, 2000)",
            "VACUUM big",
            "VACUUM still",
        )
        async with watched(server.target()) as view:
            before = await _rows(view)
            server.sql(
                "INSERT INTO big SELECT repeat('x', 500) FROM generate_series(1, 6000)",
                "CREATE TABLE fresh (t text)",
                "INSERT INTO fresh VALUES ('x')",
                "VACUUM big",
                "VACUUM fresh",
            )
            after = await _rows(view)
    pair = (TABLE.id, "db")
    archive = _keep(tmp_path, [Sample(*pair, NOW - 4 * DAY, before, None, 60.0)])
    seen = growth.then(archive, pair, NOW)
    archive.close()
    assert seen is not None
    assert seen.at == pytest.approx(NOW - 4 * DAY)
    grown = Grown(TABLE, growth.column_of(TABLE, ""), NOW, after, seen)
    assert grown.column.key == "size_bytes"
    lines = {str(line[0]): line[1:] for line in grown.table().values()}
    assert next(iter(lines)) == "postgres public.big"
    now, then, per_day, week, doubles = lines["postgres public.big"]
    assert isinstance(now, float)
    assert isinstance(then, float)
    assert per_day == pytest.approx((now - then) / 4)
    assert now > 3 * then
    assert week == pytest.approx(700 * (now - then) / 4 / then)
    assert doubles == pytest.approx(now / ((now - then) / 4) * DAY)
    assert lines["postgres public.still"][2:] == (0.0, 0.0, None)
    assert lines["postgres public.fresh"][1:] == (None, None, None, None)


def test_without_a_recording_nothing_is_known() -> None:
    one: Row = tuple(Clean("x") if c.key in ("database", "oid", "table") else 1.0
                     for c in TABLE.columns)  # fmt: skip
    grown = Grown(TABLE, growth.column_of(TABLE, "dead"), NOW, [one], None)
    assert list(grown.table().values()) == [("x x x", 1.0, None, None, None, None)]
    assert "growth is not known" in growth.headline("Tables", grown, str)
    with pytest.raises(UsageError, match="there are size_bytes"):
        growth.column_of(TABLE, "table")


async def test_it_is_read_from_the_recording_beside_the_console(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await on.type("growth")
        assert on.says("growth is told of the rows of a list of one target")
        await on.type("target web-1")
        await on.type("pane filesystems")
        await on.tell(
            "host.filesystem", "web-1", row("host.filesystem", mount=Clean("/var"), used_percent=97)
        )
        await on.type("growth used_percent")
        await on.until(lambda: on.says("PER DAY"))
        assert on.says("used_percent since ")
        assert on.says("/var")
        assert on.says("50.0")
