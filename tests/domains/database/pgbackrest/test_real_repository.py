"""A real repository beside its server: nothing, a backup, another one, and what may not be done."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from opsconsole.errors import Gone, Refused
from opsconsole.model import Value
from opsconsole.plan import Ended
from opsconsole.transports.local import LocalTransport
from tests.domains.database.pgbackrest.scene import (
    TARGET,
    Asking,
    Operator,
    asking,
    path,
    program,
    repository,
    table,
)
from tests.transports.doing import done

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def programs() -> Generator[Path]:
    with repository() as folder:
        yield folder


@pytest.fixture
async def operator(programs: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Operator]:
    monkeypatch.setenv("PATH", path(programs))
    one = Operator()
    try:
        yield one
    finally:
        await one.close()


async def until(repo: Asking, count: int) -> dict[str, Value]:
    """The stanza, once it has so many backups and makes none."""
    async with asyncio.timeout(120):
        while True:
            (row,) = table("stanza", await repo.info())
            if (row["backups"], row["running"]) == (count, "no"):
                return row
            await asyncio.sleep(0.2)


async def test_from_nothing_to_a_backup_and_the_next(operator: Operator) -> None:
    async with asking() as repo:
        assert table("health", await repo.info())[0]["stanzas"] == 0
        with pytest.raises(Gone):
            await operator.plan("backup", type="full")
        made, words = await done(
            LocalTransport(), TARGET, "pgbackrest", "--stanza=main", "stanza-create"
        )
        assert made == 0, words
        (row,) = table("stanza", await repo.info())
        assert (row["state"], row["backups"], row["backup_age_s"]) == ("no backup", 0, None)
        assert (await operator.act("check")).ended is Ended.VERIFIED
        assert (await operator.act("backup", type="full")).ended is Ended.VERIFIED
        row = await until(repo, 1)
        assert (row["state"], row["backups"], row["damaged"]) == ("ok", 1, 0)
        assert 0 <= float(str(row["full_age_s"])) < 300
        assert row["diff_age_s"] is None
        assert int(str(row["repository_bytes"])) > 1 << 20
        assert str(row["wal_first"]) <= str(row["wal_last"])
        assert (await operator.act("backup", type="diff")).ended is Ended.VERIFIED
        await until(repo, 2)
        rows = table("backup", await repo.info())
        assert [one["type"] for one in rows] == ["diff", "full"]
        assert str(rows[0]["label"]).startswith(str(rows[1]["label"]))
        (health,) = table("health", await repo.info())
        assert (health["stanzas"], health["failing"], health["running"]) == (1, 0, 0)
        assert health["version"]


async def test_what_is_no_stanza_is_refused(operator: Operator) -> None:
    for name in ("", "--repo=1", "a b", "x" * 65):
        with pytest.raises(Refused):
            await operator.plan("check", name)
    with pytest.raises(Gone):
        await operator.plan("check", "other")


async def test_root_would_take_the_repository_away_from_its_account(
    operator: Operator, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = programs / "aside"
    aside.mkdir()
    (aside / "id").write_text("#!/bin/sh\necho 0\n")
    (aside / "id").chmod(0o755)
    monkeypatch.setenv("PATH", path(aside))
    with pytest.raises(Refused, match="as root"):
        await operator.plan("backup", type="diff")


async def test_a_program_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program()
    for name in ("date", "timeout", "head", "sed", "sleep"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(tmp_path))
    async with asking() as repo:
        said = await repo.info()
    assert b"absent:" in said
