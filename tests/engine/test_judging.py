"""Alerts without a console: they come and go, and who has a console is heeded, not overwritten."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.channel import Channel
from opsconsole.cli.export import Gathered
from opsconsole.engine import watching
from opsconsole.engine.alerting import subjects
from opsconsole.model import Sample
from opsconsole.rulebook import Rulebook
from opsconsole.rules import Engine, memory
from tests.engine.alarmed import ESTATE, FILE, KNOWN
from tests.engine.test_alerting import ring
from tests.servers.sampler import eventually
from tests.servers.web import page, web

WRONG, HIDDEN = "box.wrong:here", "box.hidden:here"


@pytest.fixture
def alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "alarm"
    path.touch()
    monkeypatch.setenv(FILE, str(path))
    monkeypatch.setenv("OPSCONSOLE_ALERTS", str(tmp_path / "alerts.json"))
    monkeypatch.setitem(registry.catalogue().integrations, "box", KNOWN)
    return path


@contextlib.asynccontextmanager
async def exported(*channels: Channel) -> AsyncGenerator[Gathered, None]:
    """What an export has of a box, without its port."""
    gathered = Gathered()
    async with watching(replace(ESTATE, channels=channels), (), judged=True) as console:
        listening = asyncio.ensure_future(gathered.listen(console))
        try:
            yield gathered
        finally:
            listening.cancel()
            await asyncio.wait([listening])


def a_console_keeps(path: Path, *, note: str = "", match: str = "") -> None:
    """A console's collector writes down that both are open, and who takes care; else nobody."""
    now = time.time()
    engine = Engine(subjects(ESTATE.targets, {"box": KNOWN}, Rulebook()), now)
    engine.hear(
        [Sample(f"box.{name}", "here", now, [(1,)], None, 0.5) for name in ("seen", "unseen")]
    )
    engine.tick(now)
    if note:
        engine.acknowledge([WRONG], "ann", note, 0)
    else:
        engine.release([WRONG])
    if match:
        engine.silence(match, 3600.0, "ann", "known")
    memory.save(path, memory.remember(engine))


async def test_what_is_wrong_is_a_line_until_it_is_over(alarm: Path, tmp_path: Path) -> None:
    async with web({"/hook": page(b"", 204)}) as server:
        hook = Channel("hook", webhook=f"{server.url}/hook", gather_s=0.0, pause_s=0.0)
        async with exported(hook) as gathered:
            await eventually(lambda: {WRONG, HIDDEN} <= gathered.alerts.keys())
            [line] = [one for one in gathered.text().splitlines() if f'id="{WRONG}"' in one]
            assert line.startswith('opsconsole_alert{target="here",rule="box.wrong"')
            assert line.endswith(" 1.0")
            ring(alarm, on=False)
            await eventually(lambda: not gathered.alerts)
            assert "opsconsole_alert{" not in gathered.text()
        assert server.asked == [], "people are told by who has a console"
    assert not (tmp_path / "alerts.json").exists()


async def test_who_takes_care_in_a_console_is_heeded(alarm: Path, tmp_path: Path) -> None:
    kept = tmp_path / "alerts.json"
    a_console_keeps(kept, note="on it")

    def taken() -> list[str]:
        return [one.id for one in gathered.alerts.values() if one.acknowledged is not None]

    def silenced() -> list[str]:
        return [one.id for one in gathered.alerts.values() if one.silenced]

    async with exported() as gathered:
        await eventually(lambda: taken() == [WRONG])
        a_console_keeps(kept, match="rule:box.hidden")
        await eventually(lambda: taken() == [] and silenced() == [HIDDEN])
        memory.save(kept, b"{")
        ring(alarm, on=False)
        await eventually(lambda: not gathered.alerts)
    assert kept.read_text() == "{", "only who has a console sets it aside"
