"""Alerts in a replay: those that stood then, everywhere, and the live ones again at once."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from syrupy.assertion import SnapshotAssertion

from opsconsole.clean import Clean
from opsconsole.model import Level
from opsconsole.recorder import Archive, export
from opsconsole.registry import probes
from screens.shell.alarm.sheet import AlertSheet
from screens.shell.app import OpsConsole
from screens.shell.replay.open import replay_start
from screens.shell.replay.scrub import BARRED, Reel
from screens.system import DOMAIN
from tests.screens.shell.alarm.scene import Desk, alert, say
from tests.screens.shell.replay.scene import DB, HOUR, WEB, arrived, at, keep, recorded
from tests.screens.shell.stage import Stage, stage

NOW = time.mktime((2026, 3, 4, 3, 2, 0, 0, 0, -1))


def _header(on: Stage) -> str:
    return on.screen[0]


async def test_counts_lists_and_the_way_are_of_that_moment(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await say(on, alert("raid", "db-1", Level.WARN, why=Clean("RAID is degraded")))
        live = _header(on)
        assert "RAID" in on.line("db-1 ")
        await at(on, "-35m")
        assert on.app.alarms.counts.calling == {Level.CRIT: 1}
        assert _header(on) != live
        assert "used 97.2 %" in on.line("web-1 ")
        assert "RAID" not in on.line("db-1 ")
        await on.type("at -50m")
        await arrived(on)
        assert not on.app.alarms.counts.calling
        assert not on.says("used 97.2 %")
        await on.type("at -20m")
        await arrived(on)
        assert (on.app.alarms.counts.acknowledged, on.app.alarms.counts.calling) == (1, {})
        await on.press("R")
        assert on.app.alarms is on.app.feed.alarms
        assert _header(on) == live
        assert "RAID" in on.line("db-1 ")
        assert "used 97.2 %" not in on.line("web-1 ")


async def test_the_list_and_the_details_tell_ages_of_that_moment(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await at(on, "-35m")
        await on.press("a")
        assert isinstance(on.app.screen, AlertSheet)
        assert "5m" in on.line("Disk is full")
        await on.press("d")
        assert on.says(", 5 min ago")
        assert on.says("Move it elsewhere.")
        assert on.says("nobody and nothing yet")
        await on.press("escape", "escape")
        await at(on, "-20m")
        await on.type("alerts")
        assert "bob until it is over: on it" in on.line("Disk is full")
        await on.press("escape")
        await at(on, "-5m")
        await on.press("a")
        assert "resolved" in on.line("Disk is full")
        await on.press("escape")
        await at(on, "-55m")
        await on.press("a")
        assert on.says("no alert")


async def test_the_worst_is_the_worst_of_then(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await say(on, alert("raid", "db-1", Level.WARN, why=Clean("RAID is degraded")))
        await at(on, "-35m")
        await on.press("!")
        assert on.app.main.tab.target == "web-1"
        assert "Disk is full: /var on web-1" in on.line("Disk is full")
        assert "5 min" in on.line("Disk is full: /var")
        assert " ack " not in on.line("Disk is full: /var")
        await on.press("R")
        assert not on.app.main.strip.display, "it does not stand any more"
        await on.press("!")
        assert on.app.main.tab.target == "db-1"
        await on.press("R")
        await arrived(on)
        assert not on.app.main.strip.display
        await at(on, "-55m")
        await on.press("!")
        assert on.says("there is no alert")


@pytest.mark.parametrize("line", ["ack", "ack 1h mine", "unack", "silence", "unsilence"])
async def test_none_of_them_is_cared_for(tmp_path: Path, line: str) -> None:
    desk = Desk()
    async with recorded(tmp_path, alerts=desk) as on:
        await at(on, "-35m")
        await on.press("!")
        await on.type(line)
        assert on.says(BARRED[:30])
        await on.press("a", "A")
        assert on.says(BARRED[:30])
        await on.press("S")
        assert on.says(BARRED[:30])
        assert isinstance(on.app.screen, AlertSheet)
        assert desk.asked == []


async def test_the_bell_waits_for_what_is_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[float] = []
    async with recorded(tmp_path) as on:
        monkeypatch.setattr(on.app, "bell", lambda: rung.append(1.0))
        await say(on)
        await at(on, "-35m")
        await on.press("[", "]")
        await arrived(on)
        await say(on, alert("new", "db-1"), whole=False)
        assert rung == []
        assert not on.says("new alert")
        assert on.app.alarms.get("new db-1 /var") is None
        await on.press("R")
        assert rung == [1.0], "what began meanwhile calls once it can be seen"
        assert on.app.alarms.get("new db-1 /var") is not None


async def test_a_play_passes_what_happened(tmp_path: Path) -> None:
    async with recorded(tmp_path) as on:
        await at(on, "-41m")
        assert not on.app.alarms.counts.calling
        await on.type("play 100")
        await on.until(lambda: on.app.alarms.counts.calling == {Level.CRIT: 1})
        await on.until(lambda: on.app.alarms.counts.acknowledged == 1)


async def test_where_nothing_is_recorded_of_alerts_limits_judge(tmp_path: Path) -> None:
    """A recording of an earlier version."""
    async with recorded(tmp_path) as on:
        with closing(sqlite3.connect(next((tmp_path / "kept").glob("*.sqlite")))) as db:
            db.execute("DROP TABLE alarm")
            db.commit()
        await say(on, alert("raid", "db-1"))
        await at(on, "-35m")
        assert not on.app.alarms.speaks
        assert not on.says("used 97.2 %")
        await on.press("!")
        assert on.says("nothing is recorded of alerts at that time")
        await on.press("a")
        assert on.says("nothing is recorded of alerts at that time")


async def test_an_exported_file_has_them(tmp_path: Path) -> None:
    now = time.time() - 86400.0
    keep(tmp_path / "kept", now)
    file = tmp_path / "incident.opsrec"
    export(Archive(tmp_path / "kept", probes()), file, now - HOUR / 2, now - 1200)
    start = replay_start(Archive(file, probes()), (DOMAIN,))
    app = OpsConsole(start)
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        from opsconsole.bus.memory import pair

        on = Stage(app, pilot, pair()[0], start.scene.targets)
        await arrived(on)
        assert app.alarms.counts.acknowledged == 1
        await on.press("!")
        assert "ACK" in on.line("Disk is full").upper()


async def test_they_are_stale_where_nothing_was_recorded(tmp_path: Path) -> None:
    """The collector was down for an hour: what stood before it is what is known."""
    keep(tmp_path / "kept", time.time() - HOUR)
    reel = Reel(lambda: Archive(tmp_path / "kept", probes()))
    async with stage(WEB, DB, reel=reel) as on:
        await at(on, "-95m")
        assert not on.app.alarms.stale
        assert on.app.alarms.counts.calling == {Level.CRIT: 1}
        await at(on, "-50m")
        assert on.app.alarms.stale
        await on.press("R")
        assert not on.app.alarms.stale


async def test_the_picture(
    tmp_path: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replayed alert where it is, as it was approved."""
    clock = SimpleNamespace(
        time=lambda: NOW,
        monotonic=time.monotonic,
        localtime=time.localtime,
        strftime=time.strftime,
    )
    monkeypatch.setattr("tests.screens.shell.replay.scene.time", clock)
    monkeypatch.setattr("tests.screens.shell.stage.time", clock)
    monkeypatch.setattr("screens.shell.replay.scrub.time", clock)
    async with recorded(tmp_path) as on:
        monkeypatch.setattr(on.app.replay, "_wall", clock.time)
        await at(on, "-35m")
        await on.press("!")
        await on.until(lambda: not on.app.replay._busy)
        lines = on.screen[:-2]
        assert "\n".join(line.rstrip() for line in lines) == snapshot
