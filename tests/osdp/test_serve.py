"""The gateway with a device of libosdp on a pty, read and acted on as kind `door` does it."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from opsconsole.domains.lowvoltage.door.action import OPEN, REBOOT
from opsconsole.domains.lowvoltage.door.health import EVENT, HEALTH
from opsconsole.domains.lowvoltage.door.probe import DOOR
from opsconsole.errors import Denied, Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.osdp import line
from opsconsole.osdp.line import Port, key_of
from opsconsole.osdp.serve import Gateway, serving
from opsconsole.transports.isapi import IsapiTransport
from tests.domains.database.redis.scene import thing
from tests.domains.lowvoltage.door import scene
from tests.domains.lowvoltage.door.test_actions import looked
from tests.servers.osdp import ADDRESS, KEY, PASSWORD, Device, device, layout
from tests.servers.sampler import eventually
from tests.transports.doing import done
from tests.transports.isapi.test_pool import target

CAGE = thing(door="1")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pty is faster than any line."""
    monkeypatch.setattr(line, "AGAIN_S", 1.5)


def at(gateway: Gateway, password: str = PASSWORD) -> Target:
    return target(gateway.url, password)


def told(gateway: Gateway) -> dict[str, list[int]]:
    found: dict[str, list[int]] = gateway.panel.work()
    return found


def logged(gateway: Gateway) -> list[tuple[int, int]]:
    return [(one["major"], one["minor"]) for one in gateway.panel.log]


async def ready(gateway: Gateway) -> None:
    """Online, and what libosdp's device refuses to be asked is behind it."""
    await eventually(lambda: told(gateway)["cardReaderOnlineStatus"] == [1])
    await eventually(
        lambda: logged(gateway).count((2, 0x40A)) > 1 or told(gateway)["magneticStatus"] != [255]
    )


async def test_a_door_on_the_line_is_watched_and_opened_as_any_other() -> None:
    with device() as one:
        async with serving(layout(one.path)) as gateway:
            await ready(gateway)
            one.inputs()
            await eventually(lambda: told(gateway)["magneticStatus"] == [0])
            answer = await scene.asked(gateway, PASSWORD)
            (row,) = scene.table(DOOR, answer)
            assert (row["name"], row["state"], row["lock"]) == ("Cage", "closed", "locked")
            assert (row["reader"], row["tamper"]) == ("online", "ok")
            (row,) = scene.table(HEALTH, answer)
            assert (row["worst_state"], row["name"]) == ("ok", "Cages")
            facts = await looked(REBOOT, thing(), gateway, PASSWORD)
            assert "process" in REBOOT.bars(thing(), facts, {"way_out": "other door"})
            await _opened(one, gateway)
            one.inputs(0)
            await eventually(lambda: told(gateway)["magneticStatus"] == [1])
            assert logged(gateway)[-1] == (5, 0x19), "it was released before"


async def _opened(one: Device, gateway: Gateway) -> None:
    before = await looked(OPEN, CAGE, gateway, PASSWORD)
    assert OPEN.bars(CAGE, before, {}) == ""
    (step,) = OPEN.steps(CAGE, before, {})
    assert (await done(IsapiTransport(), at(gateway), *step.argv))[0] == 0
    await eventually(lambda: told(gateway)["doorLockStatus"] == [1])
    (command,) = one.switched
    assert (command["output_no"], command["control_code"], command["timer_count"]) == (2, 5, 10)
    await eventually(lambda: told(gateway)["doorLockStatus"] == [0])
    assert OPEN.verify.held(before, await looked(OPEN, CAGE, gateway, PASSWORD), {})


async def test_what_is_wrong_at_a_door_is_told() -> None:
    with device() as one:
        async with serving(layout(one.path)) as gateway:
            await ready(gateway)
            one.inputs()
            await eventually(lambda: told(gateway)["magneticStatus"] == [0])
            one.inputs(0)
            one.local(tampered=True)
            one.card(bytes.fromhex("deadbeef"))
            await eventually(lambda: logged(gateway)[-1] == (5, 0x09))
            answer = await scene.asked(gateway, PASSWORD)
            one.refuses = True
            await done(IsapiTransport(), at(gateway), *OPEN.steps(CAGE, {}, {})[0].argv)
            await eventually(lambda: (5, 0x5C) in logged(gateway))
            assert (5, 0x15) not in logged(gateway)
    (row,) = scene.table(DOOR, answer)
    assert (row["state"], row["tamper"]) == ("forced open", "tampered")
    newest, *_ = scene.table(EVENT, answer)
    assert newest["card"] == "…beef"


async def test_a_device_that_goes_is_looked_for_again() -> None:
    with device() as one:
        async with serving(layout(one.path)) as gateway:
            await ready(gateway)
            one.inputs(0)
            await eventually(lambda: told(gateway)["magneticStatus"] == [1])
            one.unplug()
            await eventually(lambda: told(gateway)["cardReaderOnlineStatus"] == [0])
            assert told(gateway)["magneticStatus"] == [255], "nobody knows"
            status, out = await done(
                IsapiTransport(), at(gateway), *OPEN.steps(CAGE, {}, {})[0].argv
            )
            assert (status, b"offline" in out) == (403, True)
            one.plug()
            await eventually(lambda: told(gateway)["cardReaderOnlineStatus"] == [1])


async def test_who_may_ask() -> None:
    with device(key="") as one:
        async with serving(layout(one.path, key="")) as gateway:
            with pytest.raises(Denied):
                await scene.asked(gateway, "wrong")
            status, out = await done(IsapiTransport(), at(gateway), "PUT", "/ISAPI/System/reboot")
            assert (status, b"notSupport" in out) == (403, True)


def test_what_is_no_port_and_no_key_is_told(tmp_path: Path) -> None:
    for path in (str(tmp_path / "none"), "/dev/null", str(tmp_path)):
        with pytest.raises(Unreachable, match=path):
            Port(path, 9600)
    for text in ("00", KEY + "00", "x" * 32):
        with pytest.raises(Unsupported, match="no key"):
            key_of(ADDRESS, text)
    assert key_of(ADDRESS, "") is None


async def test_the_command_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    with device() as one:
        (tmp_path / "key").write_text(KEY)
        (tmp_path / "key").chmod(0o600)
        (tmp_path / "gate.toml").write_text(f"""\
listen = "127.0.0.1:0"
password = {{ command = ["echo", "x"] }}
device = "{one.path}"
[[reader]]
address = {ADDRESS}
key = {{ file = "key" }}
[[door]]
address = {ADDRESS}
contact = 0
""")
        words = (sys.executable, "-m", "opsconsole", "osdp-gateway", str(tmp_path / "gate.toml"))
        process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.PIPE)
        assert process.stderr
        async with asyncio.timeout(60):
            said = await process.stderr.readline()
            assert b"at http://127.0.0.1:" in said, said
            os.kill(process.pid, signal.SIGTERM)
            assert await process.wait() == 0
