"""Calls that block: bounded in number and time, and never in the way of the loop's end."""

import asyncio
import threading

import pytest

from opsconsole.errors import Malformed
from opsconsole.transports.threads import Crew
from tests.servers.sampler import eventually


async def test_results_and_errors_come_back() -> None:
    crew = Crew(2, 2)
    assert await crew.run("a", lambda: 7, 60) == 7
    with pytest.raises(ZeroDivisionError):
        await crew.run("a", lambda: 1 // 0, 60)


async def test_a_lane_that_hangs_takes_no_more_than_its_places() -> None:
    crew, go = Crew(3, 2), threading.Event()
    running: list[str] = []

    def hang() -> None:
        running.append("hangs")
        go.wait(60)

    stuck = [asyncio.create_task(crew.run("slow", hang, 60)) for _ in range(5)]
    await eventually(lambda: len(running) == 2)
    assert await crew.run("fast", lambda: "done", 60) == "done"
    assert len(running) == 2
    go.set()
    await asyncio.gather(*stuck)
    assert len(running) == 5


async def test_what_is_given_up_holds_its_place_until_it_ends() -> None:
    crew, go = Crew(1, 1), threading.Event()
    with pytest.raises(TimeoutError):
        await crew.run("a", lambda: go.wait(60), 0.05)
    with pytest.raises(TimeoutError):
        await crew.run("b", lambda: "too early", 0.05)
    go.set()
    assert await crew.run("b", lambda: "later", 60) == "later"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_what_nobody_expects_is_told_as_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd(Exception):
        pass

    # Python tells of it on stderr once the thread is over, which may be after this test.
    told: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", told.append)

    def odd() -> None:
        raise Odd

    crew = Crew(1, 1)
    with pytest.raises(Malformed, match="broke"):
        await crew.run("a", odd, 60)
    assert await crew.run("a", lambda: 1, 60) == 1
    for _ in range(3000):
        if told:
            break
        await asyncio.sleep(0.01)
    assert [one.exc_type for one in told] == [Odd]
