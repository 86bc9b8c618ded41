"""Alerts in, messages out, against a real receiver that comes and goes."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from opsconsole.alert import Alert, Phase
from opsconsole.channel import Channel
from opsconsole.model import Level
from opsconsole.notify import Message, Notifier, notifier, send
from opsconsole.notify.sender import Send
from tests.notify.scene import HOOK, alert, posted, told
from tests.servers.sampler import eventually
from tests.servers.web import page, web

OK = page(b"", 204)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifier, "FIRST", 0.05)
    monkeypatch.setattr(notifier, "LONGEST", 0.2)


@contextlib.asynccontextmanager
async def notifying(
    *channels: Channel, sender: Send = send
) -> AsyncGenerator[tuple[Notifier, list[Alert]], None]:
    """A notifier at work, and what it says of itself."""
    said: list[Alert] = []
    made = Notifier(channels, (), said.extend, sender)
    made.start()
    try:
        yield made, said
    finally:
        await made.close()


async def test_a_storm_is_one_message() -> None:
    async with web({"/hook": OK}) as server:
        channel = replace(HOOK, webhook=f"{server.url}/hook", gather_s=1.0)
        async with notifying(channel) as (made, said):
            for number in range(300):
                made.hear([alert(f"a{number}")])
            await eventually(lambda: len(server.asked) == 1)
            assert len(posted(server)[0]["alerts"]) == 300
        assert len(server.asked) == 1
        assert said == []


async def test_a_receiver_that_is_away_gets_everything_when_it_is_back() -> None:
    async with web({"/hook": OK}) as server:
        port = server.port
        await server.stop()
        async with notifying(replace(HOOK, webhook=f"{server.url}/hook")) as (made, said):
            made.hear([alert("a")])
            await eventually(lambda: len(said) == 1)
            assert (said[0].title, said[0].object, said[0].phase) == (
                "Nobody is told",
                "hook",
                Phase.OPEN,
            )
            assert said[0].calls
            made.hear([alert("a", Level.CRIT), alert("b")])
            await server.start(port=port)
            await eventually(lambda: len(said) == 2)
            assert said[1].phase is Phase.RESOLVED
            names = {one for document in posted(server) for one in told(document)}
            assert names == {("a", "open", "crit"), ("b", "open", "warn")}


async def test_one_channel_that_fails_is_told_by_another_and_delays_it_not() -> None:
    async with web({"/hook": page(b"", 500), "/good": OK}) as server:
        bad = replace(HOOK, webhook=f"{server.url}/hook")
        good = replace(HOOK, name="good", webhook=f"{server.url}/good")
        async with notifying(bad, good) as (made, _):
            made.hear([alert("a")])

            def heard() -> set[str]:
                good_ones = [a for a in server.asked if a.path == "/good"]
                pairs = zip(server.asked, posted(server), strict=True)
                documents = [document for asked, document in pairs if asked in good_ones]
                return {one["id"] for document in documents for one in document["alerts"]}

            await eventually(lambda: heard() == {"a", "opsconsole.notify-fails:hook"})
            await eventually(lambda: server.paths().count("/hook") > 2)


async def test_a_sender_that_breaks_is_a_failure_like_any_other() -> None:
    tries: list[int] = []

    async def broken(_channel: Channel, message: Message) -> str:
        tries.append(len(message.alerts))
        if len(tries) < 3:
            raise ZeroDivisionError
        return ""

    async with notifying(HOOK, sender=broken) as (made, said):
        made.hear([alert("a")])
        await eventually(lambda: len(said) == 2)
        assert tries == [1, 1, 1]
        assert "ZeroDivisionError" in said[0].why


async def test_what_waits_at_the_end_is_sent() -> None:
    async with web({"/hook": OK}) as server:
        channel = replace(HOOK, webhook=f"{server.url}/hook", gather_s=3600.0)
        async with notifying(channel) as (made, _):
            made.hear([alert("a")])
        assert told(posted(server)[0]) == [("a", "open", "warn")]


async def test_what_is_on_its_way_at_the_end_arrives_once() -> None:
    sent: list[int] = []
    answered = asyncio.Event()

    async def slow(_channel: Channel, message: Message) -> str:
        sent.append(len(message.alerts))
        await answered.wait()
        return ""

    async with notifying(HOOK, sender=slow) as (made, said):
        made.hear([alert("a")])
        await eventually(lambda: sent == [1])
        asyncio.get_running_loop().call_later(0.05, answered.set)
    assert (sent, said) == ([1], [])
