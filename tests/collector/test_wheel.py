"""One timer calls everybody back in order, and our own sleep is nobody's silence."""

import asyncio
from functools import partial

import pytest

from opsconsole.collector.wheel import TICK, Wheel
from tests.collector.scene import now, play


def test_calls_come_in_order_of_time_and_never_late() -> None:
    async def main() -> None:
        wheel = Wheel()
        start = wheel.now()
        called: list[tuple[float, float]] = []

        def note(due: float) -> None:
            called.append((due, round(wheel.now() - start, 6)))

        for due in (3.0, 1.0, 2.0, 1.01, 2.5, 0.0):
            wheel.at(start + due, partial(note, due))
        await asyncio.sleep(5)
        assert [due for due, _ in called] == [0.0, 1.0, 1.01, 2.0, 2.5, 3.0]
        assert all(due - TICK <= at <= due + 1e-6 for due, at in called)
        assert called[1][1] == called[2][1], "one wake-up serves both"

    play(main)


def test_a_call_may_ask_for_another_at_once() -> None:
    async def main() -> None:
        wheel = Wheel()
        times: list[float] = []

        def again() -> None:
            times.append(now())
            if len(times) < 4:
                wheel.after(0.01, again)

        wheel.after(1.0, again)
        await asyncio.sleep(3)
        assert times == pytest.approx([1.0, 1.01, 1.02, 1.03])

    play(main)


def test_time_in_which_the_process_stood_still_does_not_count() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        wheel = Wheel()
        start = wheel.now()
        called: list[float] = []
        wheel.at(start + 2, lambda: called.append(wheel.now() - start))
        wheel.at(start + 10, lambda: called.append(wheel.now() - start))
        # A callback that takes a minute of the loop's time, as a stopped process would.
        loop.call_later(1, lambda: setattr(loop, "_clock", _shifted(loop, 60.0)))
        await asyncio.sleep(1.5)
        await asyncio.sleep(20)
        assert called == [2.0, 10.0]
        assert loop.time() - 1000.0 >= 70.0

    play(main)


def _shifted(loop: asyncio.AbstractEventLoop, seconds: float) -> object:
    clock = vars(loop)["_clock"]
    clock.now += seconds
    return clock


def test_a_closed_wheel_calls_nobody() -> None:
    async def main() -> None:
        wheel = Wheel()
        called: list[int] = []
        wheel.after(1.0, lambda: called.append(1))
        wheel.close()
        wheel.close()
        wheel.after(1.0, lambda: called.append(2))
        await asyncio.sleep(5)
        assert called == []

    play(main)
