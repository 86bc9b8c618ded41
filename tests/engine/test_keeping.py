"""Two collectors of one account, each a process with its console, over one file of alerts."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from opsconsole.alert import Phase
from opsconsole.engine import Companion
from opsconsole.rules import memory
from tests.engine.test_alerting import ARGV, HIDDEN, WRONG, Watch, alarm, ring
from tests.engine.test_companion import once

__all__ = ["alarm"]


@pytest.fixture
async def two(alarm: Path) -> AsyncIterator[tuple[Watch, Watch]]:
    """Two consoles that have both alerts open."""
    ring(alarm)
    watches = Watch(Companion(ARGV, uniform=once)), Watch(Companion(ARGV, uniform=once))
    for watch in watches:
        watch.companion.start()
    listening = [asyncio.ensure_future(watch.listen()) for watch in watches]
    await both(watches, lambda w: {WRONG, HIDDEN} <= w.alerts.keys())
    yield watches
    for watch, task in zip(watches, listening, strict=True):
        watch.companion.close()
        task.cancel()
        assert await asyncio.to_thread(watch.companion.wait_ended, 10)


async def both(two: tuple[Watch, Watch], held: Callable[[Watch], bool]) -> None:
    """Wait until it holds in both."""
    for watch in two:
        await watch.until(partial(held, watch))


def note(watch: Watch, alert: str) -> str | None:
    taken = watch.alerts[alert].acknowledged
    return taken.note if taken else None


async def test_what_is_said_in_one_console_is_seen_in_the_other(
    two: tuple[Watch, Watch], alarm: Path, tmp_path: Path
) -> None:
    one, other = two
    await one.companion.alerts.acknowledge([WRONG], "on it", 0)
    await one.companion.alerts.silence("rule:box.hidden", 600, "known")
    await other.until(lambda: note(other, WRONG) == "on it")
    await other.until(lambda: other.alerts[HIDDEN].silenced != "")
    await other.companion.alerts.release([WRONG])
    await other.companion.alerts.unsilence(one.silences[0].id)
    await both(two, lambda w: w.alerts[WRONG].calls and w.alerts[HIDDEN].calls)
    assert one.silences == other.silences == []
    ring(alarm, on=False)
    await both(two, lambda w: w.phase(WRONG) is w.phase(HIDDEN) is Phase.RESOLVED)
    await one.until(lambda: kept(tmp_path).alerts == [])


async def test_both_speak_at_once_and_one_is_killed(
    two: tuple[Watch, Watch], tmp_path: Path
) -> None:
    one, other = two
    await asyncio.gather(
        one.companion.alerts.acknowledge([WRONG], "one", 0),
        other.companion.alerts.acknowledge([HIDDEN], "other", 0),
        *(watch.companion.alerts.silence("target:none", 600, "x") for watch in two for _ in "abc"),
    )
    await both(two, lambda w: (note(w, WRONG), note(w, HIDDEN)) == ("one", "other"))
    await both(two, lambda w: len(w.silences) == 6)
    assert one.companion.pid is not None
    os.kill(one.companion.pid, signal.SIGKILL)
    await one.until(lambda: one.whole == 2)
    assert (note(one, WRONG), note(one, HIDDEN), len(one.silences)) == ("one", "other", 6)
    assert {alert.rule for alert in kept(tmp_path).alerts} == {"box.wrong", "box.hidden"}


def kept(folder: Path) -> memory.Kept:
    """What stands in the file now: whole, whoever writes it."""
    found = memory.read(folder / "alerts.json")
    assert found is not None
    return found
