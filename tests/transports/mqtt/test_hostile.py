"""Brokers that are old, and peers that lie: what they send costs no memory and breaks nothing."""

import asyncio
import contextlib
import random
import socket
import threading
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from opsconsole.errors import Lost, Malformed, TargetError
from opsconsole.fieldmap.message import value
from opsconsole.transports.mqtt.client import LARGEST
from opsconsole.transports.mqtt.keep import ALL, LONGEST, Keep
from tests.servers.mosquitto import broker, device
from tests.servers.port import PORT
from tests.transports.mqtt.scene import Address, Asked, live, target

pytestmark = pytest.mark.server

TEXT = '[point.x]\ntopic = "a/x"\n'
CONNACK = b"\x20\x03\x00\x00\x00"
MUCH = 1 << 20
"""Bytes: more than the buffers of both kernels hold."""
SUBACK = b"\x90\x04\x00\x01\x00\x01"


async def _through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
    writer.close()


@pytest.mark.parametrize("refusal", [b"\x20\x02\x00\x01", b""])
async def test_a_broker_that_knows_no_mqtt_5_is_spoken_to_in_3(
    refusal: bytes, tmp_path: Path
) -> None:
    versions: list[int] = []
    gone = asyncio.Event()

    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = await reader.read(4096)
        versions.append(hello[hello.index(b"MQTT") + 4])
        if versions[-1] == 5:
            writer.write(refusal)
            writer.close()
            return
        there, to = await asyncio.open_connection(own.address, own.port)
        to.write(hello)
        await asyncio.gather(_through(reader, to), _through(there, writer))
        gone.set()

    with broker(tmp_path) as own, device(own) as one:
        one.tell("a/x", "3")
        server = await asyncio.start_server(old, "127.92.251.1", PORT)
        asked = await Asked(target(Address("127.92.251.1", PORT), tmp_path, TEXT)).open()
        points = await asked.until(live("x"))
        assert (value(points["x"]), versions) == (3, [5, 4])
        await asked.transport.close()
        await gone.wait()
        server.close()


Peer = Callable[[socket.socket], None]


@contextlib.contextmanager
def peer(does: Peer) -> Generator[Address, None, None]:
    """Takes a client in, and then does as it likes."""
    address = "127.92.251.2"
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listening.bind((address, PORT))
        listening.listen()

        def serve() -> None:
            client, _ = listening.accept()
            with client, contextlib.suppress(OSError):
                client.settimeout(60)
                client.recv(4096)
                client.sendall(CONNACK)
                client.recv(4096)
                client.sendall(SUBACK)
                does(client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Address(address, PORT)
        listening.close()
        thread.join(60)


async def _ended(asked: Asked) -> TargetError:
    async with asyncio.timeout(60):
        with pytest.raises(TargetError) as caught:
            await asked.session.ended()
    return caught.value


async def test_a_packet_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    def lie(client: socket.socket) -> None:
        client.sendall(b"\x30\xff\xff\xff\x7f" + bytes(1 << 20))
        client.recv(1)

    with peer(lie) as at:
        asked = await Asked(target(at, tmp_path, TEXT)).open()
        error = await _ended(asked)
        assert isinstance(error, Malformed)
        assert str(error) == "room-1: a message of 268435455 bytes; at most 1 MiB are taken"
        received, _ = asked.session.traffic
        assert received == len(CONNACK + SUBACK) + 5
        await asked.transport.close()


async def test_messages_that_wait_for_a_release_are_not_taken(tmp_path: Path) -> None:
    def twice(client: socket.socket) -> None:
        client.sendall(b"\x34\x0a\x00\x03a/x\x00\x07\x00hi")
        client.recv(1)

    with peer(twice) as at:
        asked = await Asked(target(at, tmp_path, TEXT)).open()
        assert isinstance(await _ended(asked), Lost)
        await asked.transport.close()


async def test_who_takes_no_answers_is_read_no_further(tmp_path: Path) -> None:
    """A message that wants an answer, again and again, by a peer that never reads one."""
    blocked = asyncio.Event()
    loop = asyncio.get_running_loop()
    sent = 0

    def flood(client: socket.socket) -> None:
        nonlocal sent
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        client.settimeout(2)
        with contextlib.suppress(TimeoutError):
            while sent < MUCH:
                sent += client.send(b"\x32\x0a\x00\x03a/x\x00\x07\x00hi" * 400)
        loop.call_soon_threadsafe(blocked.set)
        client.settimeout(60)
        with contextlib.suppress(ConnectionError):
            while client.recv(65536):
                pass

    with peer(flood) as at:
        asked = await Asked(target(at, tmp_path, TEXT)).open()
        async with asyncio.timeout(120):
            await blocked.wait()
        assert sent < MUCH
        assert value((await asked.told()).heard[0]) is None
        await asked.transport.close()


async def test_bytes_that_are_no_mqtt_end_it_or_are_let_be(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for seed in range(15):
        chance = random.Random(seed)

        def noise(client: socket.socket, chance: random.Random = chance) -> None:
            for _ in range(20):
                body = chance.randbytes(chance.randrange(30))
                head = bytes([chance.randrange(256), len(body)])
                client.sendall(head + body)

        with peer(noise) as at:
            asked = await Asked(target(at, tmp_path, TEXT)).open()
            assert str(await _ended(asked)).startswith("room-1: ")
            await asked.transport.close()
    assert not [one for one in caplog.records if one.name == "asyncio"]


def test_what_is_kept_is_bounded_in_size_and_number() -> None:
    keep = Keep()
    names = [f"t{number}" for number in range(300)]
    keep.want(frozenset(names))
    for _ in range(2):
        for name in names:
            keep.hear(name, bytes(LONGEST), False)
    held = [one for one in keep.messages.values() if one.body]
    assert sum(len(one.body) for one in held) == ALL
    assert {one.error for one in keep.messages.values()} == {
        "", "all messages together are more than 8 MiB"
    }  # fmt: skip
    keep.hear("t0", bytes(LONGEST + 1), False)
    assert keep.messages["t0"].error == "a message of 65537 bytes; at most 64 KiB are read"
    for number in range(1000):
        keep.hear(f"other{number}", b"x", False)
    assert keep.messages.keys() == set(names)
    assert LONGEST < LARGEST
    keep.want(frozenset({"t5"}))
    assert len(keep.messages) == 1
    keep.hear("t5", b"9", True)
    assert keep.messages["t5"].body == b"9"
