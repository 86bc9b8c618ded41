"""Notes and the handover: the collector writes the note, a file is written, told and copied."""

from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest

from opsconsole.audit import AuditLog
from opsconsole.estate import Estate
from tests.screens.shell.act.site import Site
from tests.screens.shell.stage import Stage, host, stage

WEB = host("web-1")


def _written() -> list[Path]:
    folder = Path(platformdirs.user_state_dir("opsconsole", appauthor=False)) / "handovers"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _with_estate(on: Stage) -> None:
    on.app.main.scene = replace(on.app.main.scene, estate=Estate((WEB,)))


async def test_a_note_is_written_down_by_the_collector() -> None:
    site = Site()
    async with stage(WEB, site=site) as on:
        await on.until(lambda: on.app.feed.runs.standing)
        await on.type("note")
        assert on.says(":note TEXT")
        await on.type("target web-1")
        await on.type("note the SAN is being [bold]moved")
        await on.until(lambda: site.audit.kinds() == ["note"])
        said = {"target": "web-1", "text": "the SAN is being [bold]moved"}
        assert site.audit.kept[0][1] == said
        assert on.says("noted about web-1")


async def test_a_handover_is_a_file_whose_name_is_told_and_copied() -> None:
    AuditLog().append("note", {"text": "disk was swapped", "target": "web-1"})
    site = Site()
    async with stage(WEB, site=site) as on:
        _with_estate(on)
        await on.until(lambda: on.app.feed.runs.standing)
        await on.type("handover mind the backup")
        await on.until(lambda: len(_written()) == 2)
        await on.until(lambda: on.says("handover written"))
        await on.until(lambda: on.says("copied"))
        page, text = _written()
        assert (page.suffix, text.suffix) == (".html", ".md")
        assert "mind the backup" in text.read_text()
        assert "disk was swapped" in text.read_text()
        assert "mind the backup" in page.read_text()
        assert text.stat().st_mode & 0o777 == 0o600
        assert site.audit.kinds() == ["note"]


async def test_who_only_looks_can_hand_over_and_writes_no_note() -> None:
    async with stage(WEB) as on:
        _with_estate(on)
        await on.type("note x")
        assert on.says("read-only")
        await on.type("handover mind the backup")
        await on.until(lambda: len(_written()) == 2)
        assert "mind the backup" in _written()[1].read_text()


@pytest.fixture
def blocked() -> None:
    """A file where the folder should be."""
    folder = Path(platformdirs.user_state_dir("opsconsole", appauthor=False))
    folder.mkdir(parents=True)
    (folder / "handovers").write_text("a file")


@pytest.mark.usefixtures("blocked")
async def test_a_folder_that_cannot_be_written_is_told() -> None:
    async with stage(WEB) as on:
        _with_estate(on)
        await on.type("handover")
        await on.until(lambda: on.says("cannot be written"))


async def test_without_an_estate_there_is_nothing_to_hand_over() -> None:
    async with stage(WEB) as on:
        await on.type("handover")
        assert on.says("no estate")
