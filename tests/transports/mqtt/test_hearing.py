"""Topics of a real broker: kept messages, last wills, stale points, a broker that is killed."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from opsconsole.errors import Lost, Unreachable, Unsupported
from opsconsole.fieldmap.message import value
from opsconsole.transports.mqtt import client
from opsconsole.transports.mqtt.client import LARGEST
from opsconsole.transports.mqtt.keep import LONGEST
from tests.servers.mosquitto import Broker, broker, device
from tests.transports.mqtt.scene import MAP, STATE, Asked, live, room, state, target

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Generator[Broker, None, None]:
    with broker(tmp_path_factory.mktemp("broker")) as one:
        yield one


@pytest.fixture
def name() -> str:
    return room()


@pytest.fixture
async def asked(shared: Broker, name: str, tmp_path: Path) -> AsyncGenerator[Asked, None]:
    one = await Asked(target(shared, tmp_path, MAP.replace("ROOM", name))).open()
    yield one
    await one.transport.close()


async def test_what_the_broker_had_kept_and_what_comes_later(
    shared: Broker, name: str, asked: Asked
) -> None:
    first = {one.key: one for one in (await asked.told()).heard}
    assert {one.state for one in first.values()} == {"waiting"}
    with device(shared) as one:
        one.tell(f"{name}/crac/state", STATE)
        points = await asked.until(live("supply", "setpoint"))
        assert (value(points["supply"]), value(points["setpoint"])) == (23.5, 22)
        assert not points["supply"].retained
        other = await Asked(asked.to).open()
        points = await other.until(live("supply"))
        assert points["supply"].retained
        await other.transport.close()
        one.tell(f"{name}/leak", "1")
        points = await asked.until(live("leak"))
        assert points["leak"].raw == "1"
    received, sent = asked.session.traffic
    assert received > len(STATE)
    assert sent > 0


async def test_a_last_will_says_that_a_device_is_gone_until_its_birth(
    shared: Broker, name: str, asked: Asked
) -> None:
    there = f"{name}/crac/there"
    with device(shared, (there, "offline")) as one:
        one.tell(there, "online")
        one.tell(f"{name}/crac/state", STATE)
        await asked.until(live("supply"))
        one.crash()
        points = await asked.until(state("supply", "offline"))
        assert points["supply"].error == f"its device is offline, says {there}"
        assert value(points["supply"]) is None
        assert points["setpoint"].state == "live"  # it names no presence
        (seen,) = (await asked.told()).seen
        assert (seen.there, seen.said) == (False, "offline")
    with device(shared) as again:
        again.tell(there, "online")
        await asked.until(live("supply"))


async def test_a_point_is_stale_when_nobody_publishes(
    shared: Broker, name: str, tmp_path: Path
) -> None:
    entries = (f'[point.{key}]\ntopic = "{name}/{key}"\nstale_s = 0.05\n' for key in "xy")
    text = "".join(entries)
    asked = await Asked(target(shared, tmp_path, text)).open()
    with device(shared) as one:
        one.tell(f"{name}/x", "1")
        points = await asked.until(state("x", "stale"))
        assert (points["x"].raw, value(points["x"])) == (1.0, None)
        points = await asked.until(state("y", "stale"))
        assert points["y"].error == "no message for 0.05 s"
    await asked.transport.close()


async def test_a_message_that_is_too_large_is_kept_from_us_by_an_honest_broker(
    shared: Broker, name: str, tmp_path: Path
) -> None:
    asked = await Asked(target(shared, tmp_path, f'[point.x]\ntopic = "{name}/x"')).open()
    with device(shared) as one:
        one.tell(f"{name}/x", bytes(LARGEST + 1))
        one.tell(f"{name}/x", bytes(LONGEST + 1))
        points = await asked.until(state("x", "malformed"))
        assert points["x"].error == "a message of 65537 bytes; at most 64 KiB are read"
        one.tell(f"{name}/x", "3")
        await asked.until(live("x"))
    await asked.transport.close()


async def test_a_map_that_changes_is_followed(shared: Broker, name: str, tmp_path: Path) -> None:
    asked = await Asked(target(shared, tmp_path, f'[point.x]\ntopic = "{name}/x"')).open()
    with device(shared) as one:
        one.tell(f"{name}/x", "1")
        one.tell(f"{name}/y", "2")
        await asked.until(live("x"))
        target(shared, tmp_path, f'[point.why]\ntopic = "{name}/y"')
        points = await asked.until(lambda points: "why" in points and live("why")(points))
        assert points.keys() == {"why"}
        one.tell(f"{name}/x", "3")
        one.tell(f"{name}/y", "4")
        await asked.until(lambda points: points["why"].raw == 4)
    target(shared, tmp_path, "[point.x]\ntopic = 'a/#'")
    with pytest.raises(Unsupported, match=r"one topic without \+ and #"):
        await asked.told()
    assert not asked.session.over  # type: ignore[attr-defined]
    await asked.transport.close()


async def test_a_broker_that_hangs_is_lost(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "KEEPALIVE_S", 1)
    with broker(tmp_path) as own:
        asked = await Asked(target(own, tmp_path, f'[point.x]\ntopic = "{name}/x"')).open()
        own.hang()
        async with asyncio.timeout(60):
            with pytest.raises(Lost):
                await asked.session.ended()
        await asked.transport.close()


async def test_a_broker_that_is_killed_is_lost_and_found_again(name: str, tmp_path: Path) -> None:
    text = MAP.replace("ROOM", name)
    with broker(tmp_path) as own, device(own) as one:
        asked = await Asked(target(own, tmp_path, text)).open()
        one.tell(f"{name}/crac/state", STATE, retain=False)
        await asked.until(live("supply"))
        own.kill()
        async with asyncio.timeout(60):
            with pytest.raises(Lost, match="room-1: the connection to the broker went"):
                await asked.session.ended()
        await asked.session.close()
        with pytest.raises(Unreachable, match="Connection refused"):
            await asked.open()
        own.start()
        await asked.open()
        # It was not kept by the broker; what it was and how old, we still know.
        points = await asked.until(live("supply"))
        assert points["supply"].age > 0
        await asked.transport.close()
