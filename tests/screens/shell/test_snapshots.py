"""The screens as they were approved; `pytest --snapshot-update` approves them anew."""

import time
from functools import partial
from itertools import groupby
from types import SimpleNamespace

import pytest
from rich.style import Style
from syrupy.assertion import SnapshotAssertion

from opsconsole.clean import Clean
from opsconsole.store import Store
from tests.screens.shell.stage import Stage, host, row, stage

SIZES = [(80, 24), (160, 50), (400, 100)]
THEMES = ["dark", "light", "cb", "ansi"]
HOSTS = [host("web-1", env="prod"), host("web-2", env="lab"), host("db-1", env="prod")]


@pytest.fixture(autouse=True)
def _stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ages stand still: a busy machine may take longer for a screen than data stays fresh."""
    now, wall = time.monotonic(), time.time()
    clock = SimpleNamespace(monotonic=lambda: now, time=lambda: wall)
    monkeypatch.setattr("screens.shell.app.time", clock)
    # What is told then is of now, too: a course has a place for each moment.
    told = SimpleNamespace(monotonic=time.monotonic, time=lambda: wall)
    monkeypatch.setattr("tests.screens.shell.stage.time", told)
    stopped = partial(Store, clock=clock.monotonic, wall=clock.time)
    monkeypatch.setattr("screens.shell.app.Store", stopped)


def _look(style: Style | None) -> str:
    """A style in a few characters: colours, then attributes."""
    if style is None:
        return ""
    colors = "/".join(color.name if color else "" for color in (style.color, style.bgcolor))
    marks = "".join(mark for mark, on in zip("bdiur", _attributes(style), strict=True) if on)
    return f"{colors} {marks}".strip()


def _attributes(style: Style) -> tuple[bool | None, ...]:
    return style.bold, style.dim, style.italic, style.underline, style.reverse


def text(on: Stage) -> str:
    """The screen as text, without the line that tells what this very run costs."""
    lines = on.screen
    del lines[-2]
    return "\n".join(line.rstrip() for line in lines)


def looks(on: Stage) -> str:
    """Where each look of the screen stands: a line per row, `text [look]` per run."""
    rows: list[str] = []
    for strip in on.strips[:-2]:
        runs = groupby(strip, key=lambda segment: _look(segment.style))
        parts = [("".join(s.text for s in run).strip(), look) for look, run in runs]
        rows.append(" ".join(f"{words} [{look}]" for words, look in parts if words))
    return "\n".join(rows)


async def _fleet(on: Stage) -> None:
    await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=12.5))
    await on.tell("host.vitals", "web-2", row("host.vitals", cpu_percent=97.0))
    await on.tell("host.health", "web-2", row("host.health", failed_units=2))
    await on.fail("host.vitals", "db-1", "untrusted", "host key changed")


async def _panes(on: Stage) -> None:
    await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=42.0))
    await on.tell("host.health", "web-1", row("host.health", os=Clean("Debian 12")))
    processes = [
        row("host.process", pid=pid, cpu_percent=float(pid), start_ticks=pid, command=Clean(name))
        for pid, name in ((7, "postgres: writer"), (41, "/sbin/init [/] splash"))
    ]
    await on.tell("host.process", "web-1", *processes)
    await on.tell("host.filesystem", "web-1", row("host.filesystem", used_percent=99.0))
    await on.fail("host.unit", "web-1", "unsupported", "systemd does not answer on this host")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_fleet(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with stage(*HOSTS, size=size) as on:
        await _fleet(on)
        assert text(on) == snapshot


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_panes_of_a_host(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with stage(HOSTS[0], size=size) as on:
        await _panes(on)
        assert text(on) == snapshot


@pytest.mark.parametrize("theme", THEMES)
async def test_a_fleet_in_each_theme(theme: str, snapshot: SnapshotAssertion) -> None:
    async with stage(*HOSTS, size=(80, 24), theme=theme) as on:
        await _fleet(on)
        assert looks(on) == snapshot


@pytest.mark.parametrize("theme", THEMES)
async def test_the_panes_in_each_theme(theme: str, snapshot: SnapshotAssertion) -> None:
    async with stage(HOSTS[0], size=(80, 24), theme=theme) as on:
        await _panes(on)
        assert looks(on) == snapshot
