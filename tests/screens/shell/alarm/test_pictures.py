"""Alerts as they were approved: header, strip, list, details and form, at three sizes."""

import time
from functools import partial
from types import SimpleNamespace

import pytest
from syrupy.assertion import SnapshotAssertion

from opsconsole.alert import Alerts, Phase, Silence
from opsconsole.clean import Clean
from opsconsole.model import Level
from opsconsole.store import Store
from tests.screens.shell.alarm.scene import Desk, alert, say, taken
from tests.screens.shell.stage import Stage, host, row, stage
from tests.screens.shell.test_snapshots import SIZES, THEMES, looks, text

ALARM = ("alarm.known", "alarm.wording")
NOW = time.mktime((2026, 3, 4, 3, 2, 0, 0, 0, -1))
HOSTS = (host("db-1", env="prod"), host("web-1", env="prod"), host("web-2", env="lab"))
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


@pytest.fixture(autouse=True)
def _stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ages stand still; the hands that draw the past tell local time."""
    now = time.monotonic()
    clock = SimpleNamespace(
        monotonic=lambda: now,
        time=lambda: NOW,
        localtime=time.localtime,
        strftime=time.strftime,
    )
    for place in (*ALARM, "herald", "app"):
        monkeypatch.setattr(f"screens.shell.{place}.time", clock, raising=True)
    stopped = partial(Store, clock=clock.monotonic, wall=clock.time)
    monkeypatch.setattr("screens.shell.app.Store", stopped)
    monkeypatch.setattr("tests.screens.shell.alarm.scene.time", clock)
    monkeypatch.setattr("tests.screens.shell.stage.time", clock)


async def _night(on: Stage) -> None:
    """A night shift: one that calls, one that warns, and those that are cared for."""
    mounts = [row("host.filesystem", mount=Clean(m), used_percent=97.2) for m in ("/", "/var")]
    await on.tell("host.filesystem", "db-1", *mounts)
    silence = Silence("s1", "label:env=lab", Clean("carol"), NOW - 60, NOW + 7200, Clean("tests"))
    on.bus.publish(Alerts([], False, [silence]))
    await say(
        on,
        alert(target="db-1", course=tuple(float(at) for at in range(60, 98)), times=2),
        alert(
            "swap",
            "web-1",
            Level.WARN,
            key=(),
            object=Clean(""),
            probe="host.vitals",
            column="swap_used_percent",
            title=Clean("Swap is used"),
            why=Clean("swap 61 % over 50 %"),
            age=7500.0,
            flapping=True,
            remedies=("Find who uses it.",),
        ),
        alert("api", "web-1", cause="disk db-1 /var", title=Clean("API is slow"), age=30),
        alert("lab", "web-2", Level.WARN, silenced="s1"),
        alert("raid", "db-1", acknowledged=taken("bob", NOW + 3600, "disk is ordered")),
        alert("old", "web-1", phase=Phase.UNKNOWN, changed=NOW - 400, age=4000),
        alert("was", "web-2", phase=Phase.RESOLVED, changed=NOW - 1500, age=9000),
    )


@sizes
async def test_the_worst(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with stage(*HOSTS, size=size) as on:
        await _night(on)
        await on.press("!")
        assert text(on) == snapshot


@sizes
async def test_the_list(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with stage(*HOSTS, size=size) as on:
        await _night(on)
        await on.press("a")
        assert text(on) == snapshot


@sizes
async def test_the_details(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with stage(*HOSTS, size=size) as on:
        await _night(on)
        await on.press("!", "d")
        assert text(on) == snapshot


@sizes
async def test_the_form(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with stage(*HOSTS, size=size, alerts=Desk()) as on:
        await _night(on)
        await on.press("!", "A")
        assert text(on) == snapshot


@pytest.mark.parametrize("theme", THEMES)
async def test_the_worst_in_each_theme(theme: str, snapshot: SnapshotAssertion) -> None:
    async with stage(*HOSTS, size=(80, 24), theme=theme) as on:
        await _night(on)
        await on.press("!")
        assert looks(on) == snapshot
