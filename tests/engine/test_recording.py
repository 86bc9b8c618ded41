"""A real collector's process records what it collects, and says how that stands."""

import asyncio
import time
from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.engine import archive_of, collector_argv, recording_folder, spawn_collector
from opsconsole.estate import load
from opsconsole.ports import Recording
from opsconsole.recorder import being_written


async def _until(estate: Path, state: str) -> Recording:
    """Run a collector until it says that of its recording, and has recorded for a while."""
    end, child = spawn_collector(collector_argv("--estate", str(estate)))
    told: Recording | None = None
    try:
        async with asyncio.timeout(60):
            while told is None or told.state != state:
                message = await end.receive()
                told = message if isinstance(message, Recording) else told
            if state == "recording":
                await _recorded(Path(told.folder))
    finally:
        end.close()
        await asyncio.to_thread(child.wait, 20.0)
    return told


async def _recorded(where: Path) -> None:
    while not any(pair[0] == "host.vitals" for pair in _pairs(where)):  # noqa: ASYNC110 - files
        await asyncio.sleep(0.1)
    assert being_written(where)


def _pairs(where: Path) -> list[tuple[str, str]]:
    archive = archive_of(where)
    try:
        return archive.pairs()
    finally:
        archive.close()


def _estate(tmp_path: Path, more: str = "") -> Path:
    path = tmp_path / "lab.toml"
    path.write_text(f'[target.here]\ntransport = "local"\n{more}')
    return path


async def test_a_collector_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSCONSOLE_RECORDING", str(tmp_path / "kept"))
    path = _estate(tmp_path)
    told = await _until(path, "recording")
    where = recording_folder(load(path, transports=registry.transport_names()))
    assert told.folder == str(where)
    assert where.parent == tmp_path / "kept"
    archive = archive_of(where)
    found = {sample.probe: sample for sample in archive.at(time.time())}
    assert found["host.vitals"].rows
    alerts = archive.alerts(time.time())
    assert alerts is not None
    assert alerts.whole
    assert [target.id for target in archive.targets()] == ["here"]
    assert not being_written(where)


async def test_an_estate_that_wants_no_recording_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPSCONSOLE_RECORDING", str(tmp_path / "kept"))
    await _until(_estate(tmp_path, "[recording]\nenabled = false\n"), "off")
    assert not (tmp_path / "kept").exists()


def test_each_estate_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPSCONSOLE_RECORDING", raising=False)
    one, other = tmp_path / "a" / "estate.toml", tmp_path / "b" / "estate.toml"
    for path in (one, other):
        path.parent.mkdir()
        path.write_text("[target.web-1]\n[recording]\ndirectory = '../kept'\n")
    folders = {recording_folder(load(path, {})) for path in (one, other)}
    assert len(folders) == 2
    assert {folder.parent.resolve() for folder in folders} == {tmp_path / "kept"}
