"""Points of a real Modbus server: neighbours in one request, refusals that spoil no other."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest

from opsconsole.errors import Lost, TargetError, Unreachable, Unsupported
from opsconsole.fieldmap.register import Point, value
from opsconsole.transports.modbus import ModbusTransport, wire
from opsconsole.transports.modbus.plan import BITS, REGISTERS, blocks
from tests.servers.modbus import HOLDING, Device, Site, modbus
from tests.transports.modbus.scene import MAP, Asked, device, target


async def ended(asked: Asked) -> None:
    async with asyncio.timeout(60):
        await asked.session.ended()


@pytest.fixture
async def site() -> AsyncGenerator[Site, None]:
    async with modbus({1: device(), 2: device()}) as one:
        yield one


@pytest.fixture
async def asked(site: Site, tmp_path: Path) -> AsyncGenerator[Asked, None]:
    one = await Asked(target(site, tmp_path)).open()
    yield one
    await one.transport.close()


async def test_neighbours_are_read_in_one_request(site: Site, asked: Asked) -> None:
    found = await asked.points()
    assert {key: value(one) for key, one in found.items()} == {
        "supply": 23.1, "alarms": 0.0, "energy": 65.538, "setpoint": 22.5, "level": 10.0,
        "fan": 1.0, "pump": 0.0,
    }  # fmt: skip
    # 5 is beyond a gap that is no address of the device: that request was parted, once.
    assert site.requests[:2] == [(1, 1, 3, 2), (1, 3, 0, 10)]
    site.requests.clear()
    await asked.points()
    assert sorted(site.requests) == [
        (1, 1, 3, 2), (1, 3, 0, 2), (1, 3, 5, 1), (1, 3, 8, 2), (1, 4, 10, 2),
    ]  # fmt: skip
    received, sent = asked.session.traffic
    assert (received > 0, sent) == (True, 12 * (5 + 2 + 5))


async def test_an_address_that_is_none_costs_no_other_point(site: Site, tmp_path: Path) -> None:
    text = MAP + "[point.none]\nfc = 4\naddress = 12\nphysical = 'temperature'\n"
    asked = await Asked(target(site, tmp_path, text)).open()
    found = await asked.points()
    await asked.transport.close()
    assert found["none"].error == "illegal address: it has no such register"
    assert [key for key, one in found.items() if one.error] == ["none"]
    assert value(found["supply"]) == 23.1


async def test_a_silent_unit_is_asked_once_and_the_others_answer(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT_S", 1.5)
    site.devices[2].mute = HOLDING
    text = "\n".join(
        f"[point.p{unit}-{address}]\nunit_id = {unit}\naddress = {address}\n"
        for unit in (1, 2)
        for address in (0, 5)
    )
    text += "[point.far]\nunit_id = 2\naddress = 100\n"
    asked = await Asked(target(site, tmp_path, text)).open()
    found = await asked.points()
    await asked.transport.close()
    silent = dict.fromkeys(("p2-0", "p2-5", "far"), "unit 2 does not answer")
    assert {key: one.error for key, one in found.items() if one.error} == silent
    assert [one[3] for one in site.requests if one[0] == 2] == [6, 1], "the first was refused"


async def test_a_device_of_which_nothing_answers_ends_the_session(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT_S", 1.5)
    site.devices[2].mute = HOLDING
    asked = await Asked(target(site, tmp_path, "[point.a]\nunit_id = 2\naddress = 0\n")).open()
    asked.session.ask("points")
    with pytest.raises(Unreachable, match="no unit of its map answers") as caught:
        await ended(asked)
    assert "unit_id" in caught.value.remedy
    await asked.transport.close()


async def test_a_busy_device_says_so_and_is_not_asked_in_smaller_pieces(
    site: Site, asked: Asked
) -> None:
    await asked.points()
    site.requests.clear()
    site.devices[1].busy = True
    found = await asked.points()
    assert {one.error for one in found.values()} == {"device is busy"}
    assert len(site.requests) == 5
    site.devices[1].busy = False
    assert not any(one.error for one in (await asked.points()).values())


async def test_a_map_that_changes_is_read_and_a_broken_one_is_told(
    site: Site, asked: Asked, tmp_path: Path
) -> None:
    await asked.points()
    target(site, tmp_path, "[point.only]\naddress = 5\n")
    assert list(await asked.points()) == ["only"]
    target(site, tmp_path, "[point.only]\nadress = 5\n")
    answer = await asked.answer()
    assert isinstance(answer.error, Unsupported)
    assert "did you mean 'address'" in str(answer.error)
    target(site, tmp_path)
    assert len(await asked.points()) == 7


async def test_a_server_that_goes_ends_the_session(site: Site, asked: Asked) -> None:
    await asked.points()
    await site.stop()
    asked.session.ask("points")
    with pytest.raises((Unreachable, Lost), match="crac-1: "):
        await ended(asked)


async def test_nobody_there_and_no_map_are_told(tmp_path: Path) -> None:
    site = Site({1: Device({0: 0})})
    with pytest.raises(Unreachable, match="crac-1: Connection refused"):
        await Asked(target(site, tmp_path)).open()
    to = target(site, tmp_path)
    gone = Asked(type(to)("crac-1", "modbus", "modbus", site.address, site.port))
    with pytest.raises(Unsupported, match="it has no map"):
        await gone.open()


@pytest.mark.parametrize(
    "said",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\1\0\0\0\3\1\3\0", b"\0" * 300, b"\xff" * 300, b""],
)
async def test_who_speaks_something_else_is_told_and_never_believed(
    said: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT_S", 0.3)
    site = Site({1: Device({0: 0})})

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(answer, site.address, site.port, family=socket.AF_INET)
    asked = await Asked(target(site, tmp_path)).open()
    asked.session.ask("points")
    end = asyncio.ensure_future(asked.session.ended())
    told = asyncio.ensure_future(asked.heard.until(lambda heard: bool(heard.answers)))
    await asyncio.wait({end, told}, return_when=asyncio.FIRST_COMPLETED, timeout=60)
    errors = [answer.error for answer in asked.heard.answers]
    errors += [error] if end.done() and isinstance(error := end.exception(), TargetError) else []
    told.cancel()
    await asked.transport.close()
    await asyncio.gather(end, told, return_exceptions=True)
    server.close()
    assert len(errors) == 1
    assert isinstance(errors[0], TargetError)
    assert capfd.readouterr() == ("", "")


def test_requests_stay_within_what_modbus_allows() -> None:
    def made(**said: object) -> Point:
        return msgspec.convert(said, Point)

    many = {str(n): made(address=n) for n in range(300)}
    many |= {f"c{n}": made(address=n, fc=1, type="bit") for n in range(3000)}
    found = blocks(many)
    assert [one.size for one in found if one.fc == 3] == [REGISTERS, REGISTERS, 50]
    assert [one.size for one in found if one.fc == 1] == [BITS, 1000]
    assert sum(len(one.keys) for one in found) == len(many)
    apart = {"a": made(address=0), "b": made(address=10), "c": made(address=11, unit_id=2)}
    assert [one.keys for one in blocks(apart)] == [("a",), ("b",), ("c",)]


async def test_many_bad_addresses_among_good_ones_are_found_once(
    site: Site, tmp_path: Path
) -> None:
    text = "".join(f"[point.p{n}]\nfc = 4\naddress = {n}\n" for n in range(40))
    asked = await Asked(target(site, tmp_path, text)).open()
    found = await asked.points()
    assert {key for key, one in found.items() if not one.error} == {"p10", "p11"}
    site.requests.clear()
    await asked.points()
    await asked.transport.close()
    assert len(site.requests) <= 40


def test_it_is_made_without_the_library() -> None:
    assert ModbusTransport().remedy == "pip install 'opsconsole[modbus]'"
