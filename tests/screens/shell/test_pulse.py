"""It wakes up when something came, else as seldom as it may."""

import asyncio
from collections.abc import Callable

import pytest

from screens.shell.pulse import Pulse
from tests.collector.scene import now, play

QUICK, SLOW = 0.5, 1.0


class Looker:
    """Counts looks, in steps since the first; asks for more as often as told."""

    def __init__(self, again: int = 0) -> None:
        self.again = again
        self.pulse = Pulse(self._look, QUICK, SLOW)
        self.looks: list[float] = []
        self._began = now()

    def _look(self) -> bool:
        self.looks.append(round((now() - self._began) / QUICK, 3))
        self.again -= 1
        return self.again >= 0

    async def watch(self, seconds: float, *stirs: float) -> list[float]:
        """The looks within that time, with something coming at these seconds."""
        self._began = now()
        running = asyncio.get_running_loop().create_task(self.pulse.run())
        for at in stirs:
            asyncio.get_running_loop().call_later(at, self.pulse.stir)
        await asyncio.sleep(seconds)
        running.cancel()
        await asyncio.wait([running])
        return self.looks


def _looks(make: Callable[[], Looker], seconds: float, *stirs: float) -> list[float]:
    found: list[float] = []

    async def main() -> None:
        found.extend(await make().watch(seconds, *stirs))

    play(main)
    return found


def test_while_nothing_comes_it_looks_seldom() -> None:
    assert _looks(Looker, 5.1) == [2, 4, 6, 8, 10]


def test_what_comes_is_looked_at_with_the_next_step_once() -> None:
    assert _looks(Looker, 3.1, 1.1, 1.2, 1.45) == [2, 3, 5]


def test_it_looks_at_each_step_while_something_is_left() -> None:
    assert _looks(lambda: Looker(again=3), 3.1) == [2, 3, 4, 5]


def test_what_comes_before_it_runs_or_after_it_ended_is_no_defect() -> None:
    found: list[float] = []

    async def main() -> None:
        looker = Looker()
        looker.pulse.stir()
        await looker.watch(1.2)
        looker.pulse.stir()
        await asyncio.sleep(2)
        found.extend(looker.looks)

    play(main)
    assert found == [2]


def test_what_a_look_raises_passes_through() -> None:
    def fail() -> bool:
        raise ZeroDivisionError

    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            await Pulse(fail, QUICK, SLOW).run()

    play(main)
