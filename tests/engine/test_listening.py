"""What targets say now is compared with the end of the recording, whichever comes first."""

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.alert import Occurrence
from opsconsole.clean import Clean
from opsconsole.domains.system.host import unit
from opsconsole.engine import recording_folder
from opsconsole.engine.listening import Listening
from opsconsole.estate import Estate
from opsconsole.model import Row, Sample, Target
from opsconsole.observer import Observer
from opsconsole.ports import Happened, Upward
from opsconsole.recorder import Bounds, FlightRecorder
from tests.domains.system.report.scene import row
from tests.servers.sampler import eventually

ESTATE = Estate((Target("web-1", "host", "ssh"),))


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSCONSOLE_RECORDING", str(tmp_path / "kept"))
    monkeypatch.setenv("OPSCONSOLE_ALERTS", str(tmp_path / "alerts.json"))
    monkeypatch.setenv("OPSCONSOLE_AUDIT", str(tmp_path / "audit"))


def failed(*names: str) -> list[Row]:
    return [row(unit.PROBE, unit=Clean(name), active=Clean("failed")) for name in names]


def sample(at: float, *names: str) -> Sample:
    return Sample(unit.PROBE.id, "web-1", at, failed(*names), None, 30.0)


async def recorded(samples: Iterable[Sample]) -> None:
    """What a collector left that ran before this one."""

    def write() -> None:
        folder = recording_folder(ESTATE)
        recorder = FlightRecorder(folder, registry.probes(), ESTATE.targets, Bounds(2**26, 1e6))
        recorder.start()
        for one in samples:
            recorder.take([one])
        recorder.close()

    await asyncio.to_thread(write)


class Heard:
    """A collector's listeners, and what they told of units."""

    def __init__(self) -> None:
        self.told: list[Occurrence] = []
        self.listening = Listening(ESTATE, ESTATE.targets, asyncio.get_running_loop(), self._take)

    def _take(self, message: Upward) -> None:
        if isinstance(message, Happened):
            self.told += [one for one in message.occurrences if one.kind == "unit"]

    def hear(self, one: Sample) -> None:
        for listener in self.listening.hear:
            listener([one])

    def units(self) -> list[str]:
        return sorted(one.object for one in self.told)


@pytest.fixture
def recalled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of each time that a recording was compared: how many samples it had."""
    counts: list[int] = []
    remember = Observer.remember

    def counted(self: Observer, samples: Iterable[Sample]) -> list[Occurrence]:
        known = list(samples)
        counts.append(len(known))
        return remember(self, known)

    monkeypatch.setattr(Observer, "remember", counted)
    return counts


@pytest.mark.parametrize("first", ["the target", "the recording"])
async def test_what_changed_while_no_collector_ran_is_told_once(
    first: str, recalled: list[int]
) -> None:
    now = time.time()
    await recorded([sample(now - 7200, "a", "b"), sample(now - 3600, "b", "c")])
    heard = Heard()
    if first == "the target":
        heard.hear(sample(now + 1, "c", "d"))
        heard.listening.start()
    else:
        heard.listening.start()
        await eventually(lambda: recalled == [1])
        heard.hear(sample(now + 1, "c", "d"))
    await eventually(lambda: bool(heard.told))
    heard.hear(sample(now + 2, "c", "d"))
    await heard.listening.close()
    assert heard.units() == ["b", "d"], "against its end: c had failed before, and a was over"
    assert recalled == [1]


async def test_without_an_earlier_recording_the_first_answer_is_no_news(
    recalled: list[int],
) -> None:
    heard = Heard()
    heard.hear(sample(time.time(), "a"))
    heard.listening.start()
    heard.hear(sample(time.time() + 1, "a", "b"))
    await eventually(lambda: bool(heard.told))
    await heard.listening.close()
    assert heard.units() == ["b"]
    assert recalled in ([], [0]), "by then its own recording has begun, or not yet"


async def test_a_recording_that_cannot_be_read_holds_up_nothing(recalled: list[int]) -> None:
    folder = recording_folder(ESTATE)
    await asyncio.to_thread(folder.parent.mkdir, parents=True)
    await asyncio.to_thread(folder.write_text, "no folder")
    heard = Heard()
    heard.listening.start()
    heard.hear(sample(time.time(), "a"))
    heard.hear(sample(time.time() + 1, "a", "b"))
    await eventually(lambda: bool(heard.told))
    await heard.listening.close()
    assert heard.units() == ["b"]
    assert recalled == []


async def test_one_that_ends_while_it_recalls_leaves_nothing_behind() -> None:
    await recorded([sample(time.time() - 3600, "a")])
    heard = Heard()
    heard.listening.start()
    await heard.listening.close()
    assert heard.told == []
