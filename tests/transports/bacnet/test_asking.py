"""Objects of a real BACnet device: in few requests, or small ones, or one by one; and liars."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Callable
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from bacpypes3.object import AnalogInputObject
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import Lost, Malformed, TargetError, Unreachable, Unsupported
from opsconsole.fieldmap.object import Answer, packed, read_object, value
from opsconsole.transports.bacnet import codec, wire
from opsconsole.transports.bacnet import device as reading
from opsconsole.transports.bacnet.codec import Found, Property, Value
from tests.servers.bacnet import FLAGS, Site, bacnet, routed
from tests.servers.port import PORT
from tests.transports.bacnet.scene import Asked, target
from tests.transports.doing import done


@pytest.fixture
async def site() -> AsyncGenerator[Site, None]:
    async with bacnet() as one:
        yield one


@pytest.fixture
async def asked(site: Site, tmp_path: Path) -> AsyncGenerator[Asked, None]:
    one = await Asked(target(site, tmp_path)).open()
    yield one
    await one.transport.close()


VALUES = {
    "supply": 23.5, "analog-input,2": 10.0, "setpoint": 21.0, "valve": 0.0, "binary-input,5": 1.0,
    "fan": 0.0, "multi-state-input,7": 2.0,
}  # fmt: skip


async def test_all_objects_come_in_few_requests(site: Site, asked: Asked) -> None:
    first = await asked.told()
    assert {one.key: value(one) for one in first.heard} == VALUES
    assert (first.map, first.device, first.left_off) == ("ahu.toml", "AHU 1, Any, X", 0)
    assert next(one for one in first.heard if one.key == "supply").limits == (10, 30)
    second = await asked.told()
    assert (second.requests, second.heard) == (2, first.heard)
    assert site.multiple > 0
    received, sent = asked.session.traffic
    assert received > sent > 0


@pytest.mark.parametrize(("said", "requests"), [({"instance": 4711}, 1), ({}, 2)])
async def test_a_device_is_asked_who_it_is_unless_the_estate_says_so(
    said: dict[str, int], requests: int, site: Site, tmp_path: Path
) -> None:
    asked = await Asked(target(site, tmp_path, "", **said)).open()
    assert asked.session.device.wire.requests == requests
    assert (await asked.told()).device == "AHU 1, Any, X"
    await asked.transport.close()


async def test_a_device_behind_a_router_is_reached_by_its_network_and_address(
    tmp_path: Path,
) -> None:
    async with routed(200, 7) as (router, behind):
        asked = await Asked(target(router, tmp_path, network=200, mac="7")).open()
        told = await asked.told()
        assert told.device == "VAV 7, Any, X"
        assert {one.key: value(one) for one in told.heard} == VALUES
        status, _ = await done(asked.transport, asked.to, "WRITE", "valve", "30")
        assert (status, behind.writes) == (0, [("analog-output,4", 30, 10)])
        await asked.transport.close()
        with pytest.raises(Unsupported, match="both `network` and `mac`"):
            await Asked(target(router, tmp_path, "", network=200)).open()


class _Router(asyncio.DatagramProtocol):
    """Says of any network that it knows no way to it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(b"\x81\x0a\x00\x0a\x01\x80\x03\x01" + data[6:8], addr)


async def test_a_router_that_knows_no_way_says_so(site: Site, tmp_path: Path) -> None:
    site.address = "127.93.250.2"
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        _Router, local_addr=(site.address, PORT)
    )
    with pytest.raises(Unreachable, match="Network is unreachable"):
        await Asked(target(site, tmp_path, "", network=999, mac="0x0a01")).open()
    transport.close()


async def test_a_device_with_small_answers_is_asked_for_less(site: Site, asked: Asked) -> None:
    site.longest = 3
    assert {one.key: value(one) for one in (await asked.told()).heard} == VALUES


async def test_a_device_that_knows_single_properties_only(site: Site, asked: Asked) -> None:
    site.knows_multiple = False
    assert {one.key: value(one) for one in (await asked.told()).heard} == VALUES
    assert site.multiple == 1


async def test_an_object_that_is_none_costs_no_other(site: Site, tmp_path: Path) -> None:
    text = '[point.none]\nobject = "analog-value,99"\n'
    asked = await Asked(target(site, tmp_path, text)).open()
    found = {one.key: one for one in (await asked.told()).heard}
    await asked.transport.close()
    assert found["none"].error == "unknown-object"
    assert [key for key, one in found.items() if one.error] == ["none"]


async def test_more_objects_than_are_read_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST", 20)
    has = [
        AnalogInputObject(
            objectIdentifier=("analog-input", number), objectName=f"T{number}", units="volts",
            presentValue=float(number), statusFlags=FLAGS, eventState="normal", outOfService=False,
        )
        for number in range(1, 31)
    ]  # fmt: skip
    async with bacnet(has) as site:
        asked = await Asked(target(site, tmp_path, "")).open()
        told = await asked.told()
        await asked.transport.close()
    assert [one.value for one in told.heard] == [float(number) for number in range(1, 21)]
    assert (told.left_off, told.map) == (10, "")


async def test_a_device_that_goes_silent_is_lost(
    site: Site, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked.told()
    monkeypatch.setattr(wire, "TIMEOUT_S", 0.2)
    site.mute = True
    asked.session.ask("objects")
    async with asyncio.timeout(60):
        with pytest.raises(Lost, match="ahu-1: it does not answer any more"):
            await asked.session.ended()


async def test_nobody_there_is_told(site: Site, tmp_path: Path) -> None:
    to = target(site, tmp_path, "")
    site.app.close()
    await asyncio.sleep(0)
    with pytest.raises(Unreachable, match="ahu-1: Connection refused"):
        await Asked(to).open()


async def test_a_map_that_is_wrong_says_so(site: Site, tmp_path: Path) -> None:
    for text, why in WRONG:
        with pytest.raises(Unsupported, match=why):
            await Asked(target(site, tmp_path, text)).open()


WRONG = [
    ("[point.x]\nobject = 'analog-valve,1'", "object 'analog-valve,1'; allowed"),
    ("[point.x]\nobject = 'analog-input,1'\nwrite = {}", "a analog-input is only read"),
    ("[point.x]\nobject = 'analog-value,1'\nwrite = {}", "nothing is written without a clamp"),
    ("[point.x]\nobject = 'analog-value,1'\nwrite = {low=0, high=1, priority=1}", "3 to 16"),
    (
        "[point.x]\nobject='analog-value,1'\n[point.y]\nobject='analog-value,1'",
        "analog-value,1 is x",
    ),
]


class _Liar(asyncio.DatagramProtocol):
    """Answers any request with what it likes, behind a proper head or without."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        chance = self._chance
        body = bytes([chance.choice([0x20, 0x30, 0x38, 0x50, 0x60, 0x70, 0xF0]), data[8], 12])
        body += chance.randbytes(chance.randrange(40))
        whole = b"\x81\x0a" + (len(body) + 6).to_bytes(2, "big") + b"\x01\x00" + body
        self._transport.sendto(whole, addr)


async def test_bytes_that_are_no_bacnet_are_faults_and_no_more(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT_S", 0.05)
    kinds = set[type[TargetError]]()
    for seed in range(12):
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            partial(_Liar, seed), local_addr=("127.93.250.1", PORT)
        )
        site.address = "127.93.250.1"
        with pytest.raises(TargetError, match=r"^ahu-1: ") as caught:
            await Asked(target(site, tmp_path, "")).open()
        kinds.add(type(caught.value))
        transport.close()
        await asyncio.sleep(0)
    assert Malformed in kinds


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x81", b"\x81\x0a\x00\x06\x01\x00", b"\x81\x0a\xff\xff\x01\x00\x20\x01\x0f",
        b"\x81\x0a\x00\x09\x02\x00\x20\x01\x0f", b"\x81\x0a\x00\x09\x01\x80\x20\x01\x0f",
        b"\x81\x0a\x00\x07\x01\x28\x20", b"\x81\x01\x00\x09\x01\x00\x20\x01\x0f",
    ],
)  # fmt: skip
async def test_a_datagram_that_answers_nothing_is_let_be(data: bytes) -> None:
    one = wire.Wire("t", "127.0.0.1", 1)
    one.heard(data)
    assert one.received == len(data)


VALUE = (
    st.none() | st.floats(allow_nan=True) | st.booleans() | st.text(max_size=9)
    | st.lists(st.booleans(), max_size=5).map(tuple) | st.tuples(st.integers(0), st.integers(0))
)  # fmt: skip
NUMBERS = (
    *reading.LIVE, reading.NAME, reading.UNITS, reading.LOW, reading.HIGH, reading.ENABLED,
    reading.ACTIVE, reading.INACTIVE, reading.STATE_TEXT, reading.SLOTS, reading.REST,
)  # fmt: skip


@given(
    st.sampled_from([0, 3, 13]),
    st.dictionaries(
        st.sampled_from(NUMBERS), st.lists(VALUE, max_size=18).map(lambda all_of: tuple(all_of))
    ),
)
def test_whatever_stands_in_properties_is_told(
    kind: int, said: dict[int, tuple[Value, ...]]
) -> None:
    known = {Property(kind, 1, number): Found(values) for number, values in said.items()}
    one = reading.heard(known, (kind, 1), None, {})
    packed(Answer("", "", [one], 0, 0))
    read_object(one, "")


ANSWER = bytes.fromhex(
    "0c000000011e29554e4441bc00004f296f4e8204004f29244e91004f29674e91004f29754e913e4f1f"
)
"""What a device said of an analog input."""

DECODERS = (codec.read, codec.read_all, codec.error, codec.identity)


def test_an_answer_is_read() -> None:
    found = codec.read_all(ANSWER)
    assert found[Property(0, 1, 85)] == Found((23.5,))
    assert found[Property(0, 1, 111)] == Found(((False, False, False, False),))


@given(
    st.sampled_from(DECODERS),
    st.binary(max_size=60)
    | st.tuples(st.integers(0, len(ANSWER)), st.binary(max_size=4), st.integers(0, 5)).map(
        lambda cut: ANSWER[: cut[0]] + cut[1] + ANSWER[cut[0] + cut[2] :]
    ),
)
def test_whatever_bytes_come_are_read_or_wrong(
    decode: Callable[[bytes], object], raw: bytes
) -> None:
    with contextlib.suppress(*codec.WRONG):
        decode(raw)
