"""Writes to a real Modbus server: within the clamp, by steps, with pauses; nothing else."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from opsconsole.errors import Gone, Lost, Refused
from opsconsole.model import Target
from opsconsole.transports.modbus import ModbusTransport, wire
from tests.servers.modbus import Site, modbus
from tests.transports.doing import done
from tests.transports.modbus.scene import MAP, device, target


@pytest.fixture
async def site() -> AsyncGenerator[Site, None]:
    async with modbus({1: device()}) as one:
        yield one


@pytest.fixture
def to(site: Site, tmp_path: Path) -> Target:
    return target(site, tmp_path)


def _written(site: Site) -> list[tuple[int, int, int, int]]:
    return [one for one in site.requests if one[1] in {5, 6, 15, 16}]


async def test_a_point_is_told_with_its_clamp(site: Site, to: Target) -> None:
    status, told = await done(ModbusTransport(), to, "READ", "setpoint")
    said = json.loads(told)
    assert (status, said["value"], said["low"], said["high"], said["step"]) == (0, 22.5, 18, 27, 3)
    assert (said["unit"], said["takes"], said["before"]) == ("°C", "setpoint", None)
    assert _written(site) == []


async def test_one_register_several_and_a_coil_are_written(site: Site, to: Target) -> None:
    transport = ModbusTransport()
    assert await done(transport, to, "WRITE", "setpoint", "24.5") == (0, b"")
    assert await done(transport, to, "WRITE", "level", "33.5") == (0, b"")
    assert await done(transport, to, "WRITE", "fan", "0") == (0, b"")
    assert [one[:3] for one in _written(site)] == [(1, 6, 5), (1, 16, 8), (1, 5, 3)]
    assert site.devices[1].holding[5] == 245
    assert site.devices[1].holding[8:10] == [0x4206, 0]
    await transport.close()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("WRITE", "setpoint", "27.1"), "outside of 18 to 27 °C"),
        (("WRITE", "setpoint", "17.9"), "outside of 18 to 27 °C"),
        (("WRITE", "setpoint", "nan"), "outside of 18"),
        (("WRITE", "setpoint", "warm"), "outside of 18"),
        (("WRITE", "setpoint", "18.5"), "more than 3"),
        (("WRITE", "level", "1e9"), "outside of 0 to 100"),
        (("WRITE", "fan", "0.5"), "outside of 0 to 1"),
        (("WRITE", "supply", "20"), "does not let supply be written"),
        (("WRITE", "pump", "1"), "does not let pump be written"),
        (("WRITE", "setpoint"), "READ POINT or WRITE POINT VALUE"),
        (("ERASE",), "'ERASE'"),
        ((), "READ POINT"),
    ],
)
async def test_what_the_map_does_not_allow_is_never_sent(
    words: tuple[str, ...], why: str, site: Site, to: Target
) -> None:
    with pytest.raises(Refused, match=why):
        await done(ModbusTransport(), to, *words)
    assert _written(site) == []


async def test_a_point_that_left_the_map_is_gone(to: Target) -> None:
    with pytest.raises(Gone):
        await done(ModbusTransport(), to, "READ", "none")


async def test_a_second_write_waits_but_one_that_goes_back(site: Site, to: Target) -> None:
    transport = ModbusTransport()
    await done(transport, to, "WRITE", "setpoint", "25")
    with pytest.raises(Refused, match=r"its map wants \d+ s more"):
        await done(transport, to, "WRITE", "setpoint", "26")
    assert await done(transport, to, "WRITE", "setpoint", "22.5") == (0, b"")
    assert site.devices[1].holding[5] == 225
    assert len(_written(site)) == 2


async def test_a_refusal_is_a_status_with_its_words(site: Site, tmp_path: Path) -> None:
    text = MAP.replace("address = 5\n", "address = 20\n")
    status, told = await done(ModbusTransport(), target(site, tmp_path, text), "READ", "setpoint")
    assert (status, told) == (2, b"illegal address: it has no such register")
    status, _ = await done(
        ModbusTransport(), target(site, tmp_path, text), "WRITE", "setpoint", "20"
    )
    assert status == 2
    assert _written(site) == []


async def test_a_write_without_an_answer_is_lost_and_never_sent_again(
    site: Site, to: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT_S", 1.5)
    device, transport = site.devices[1], ModbusTransport()
    device.mute = frozenset({6})
    with pytest.raises(Lost, match="whether it was written is not known"):
        await done(transport, to, "WRITE", "setpoint", "24")
    assert len(_written(site)) == 1
    assert (await done(transport, to, "READ", "setpoint"))[1].startswith(
        b'{"point":"setpoint","name":"setpoint","value":24.0'
    )
    await transport.close()
