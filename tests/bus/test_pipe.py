"""What only a socket can do: pieces, pace, garbage, a peer that hangs."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.bus.frame import HEAD, Frames, pack
from opsconsole.bus.pipe import PACE, UNREAD, PipeCollectorEnd, PipeConsoleEnd
from opsconsole.clean import Clean
from opsconsole.errors import BusClosed
from opsconsole.model import Row, Sample
from opsconsole.ports import Call, Hello, Interest, Samples


@given(st.lists(st.binary(max_size=300), max_size=8), st.lists(st.integers(1, 50), min_size=1))
def test_frames_survive_any_cut(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(pack, bodies))
    frames, got = Frames(), list[bytes]()
    start = turn = 0
    while start < len(stream):
        size = cuts[turn % len(cuts)]
        frames.take(stream[start : start + size], got.append)
        start += size
        turn += 1
    assert got == bodies


@given(st.integers(11, 2**32 - 1), st.binary(max_size=20))
def test_a_length_over_the_limit_closes_after_what_came_before(length: int, tail: bytes) -> None:
    got: list[bytes] = []
    with pytest.raises(BusClosed, match=f"{length} bytes is over the limit"):
        Frames(limit=10).take(pack(b"good") + HEAD.pack(length) + tail, got.append)
    assert got == [b"good"]


@pytest.fixture
def raw() -> Iterator[tuple[socket.socket, PipeConsoleEnd]]:
    left, right = socket.socketpair()
    console = PipeConsoleEnd(right)
    yield left, console
    console.close()
    left.close()


Raw = tuple[socket.socket, PipeConsoleEnd]


@given(st.binary(max_size=64))
def test_any_garbage_closes_the_bus_and_nothing_else_happens(garbage: bytes) -> None:
    left, right = socket.socketpair()
    console = PipeConsoleEnd(right)
    hello = msgspec.msgpack.encode(Hello(1, "1", []))

    async def read() -> None:
        assert await console.receive() == Hello(1, "1", [])
        with pytest.raises(BusClosed):
            await console.receive()

    with left:
        left.sendall(pack(hello) + pack(b"\xc1" + garbage))
        asyncio.run(read())
    console.close()


@pytest.mark.parametrize(
    "body",
    [
        msgspec.msgpack.encode({"type": "hello", "pid": "seven"}),
        b"\x82\xa4type\xa5hello\xa7version\xa2\xff\xff",
        b"\x82\xa4type\xa5hello\xa1x" + b"\x91" * 100_000,
        b"",
    ],
    ids=["wrong type", "not utf-8", "bottomless", "empty"],
)
async def test_a_frame_that_lies_closes_the_bus(raw: Raw, body: bytes) -> None:
    peer, console = raw
    peer.sendall(pack(body))
    with pytest.raises(BusClosed, match="cannot be read"):
        await console.receive()


async def test_end_of_stream_within_a_frame_is_the_end(raw: Raw) -> None:
    peer, console = raw
    peer.sendall(pack(b"abcdef")[:7])
    peer.close()
    with pytest.raises(BusClosed, match="collector is gone"):
        await console.receive()


async def test_a_frame_in_single_bytes_is_one_message(raw: Raw) -> None:
    peer, console = raw
    waiting = asyncio.ensure_future(console.receive())
    for byte in pack(msgspec.msgpack.encode(Hello(1, "1", ["x"]))):
        peer.send(bytes([byte]))
        await asyncio.sleep(0)
    assert await waiting == Hello(1, "1", ["x"])


async def test_a_slow_console_fills_the_socket_and_not_its_own_memory(raw: Raw) -> None:
    peer, console = raw
    frame = pack(msgspec.msgpack.encode(Hello(1, "1", ["x" * 60_000])))
    peer.setblocking(False)
    waiting = asyncio.ensure_future(console.receive())
    sent = stalled = 0
    while stalled < 20:
        try:
            sent += peer.send(frame[sent % len(frame) :])
            stalled = 0
        except BlockingIOError:
            stalled += 1
        await asyncio.sleep(0)
    assert sent < (UNREAD + 40) * len(frame)
    whole = sent // len(frame)
    assert whole > UNREAD
    got = [await waiting] + [await console.receive() for _ in range(whole - 1)]
    assert got == [Hello(1, "1", ["x" * 60_000])] * whole


async def test_the_first_batch_leaves_at_once_and_the_next_keep_the_pace() -> None:
    left, right = socket.socketpair()
    collector, console = PipeCollectorEnd(left), PipeConsoleEnd(right)
    loop = asyncio.get_running_loop()
    batches = 0

    async def read() -> None:
        nonlocal batches
        while True:
            await console.receive()
            batches += 1

    reader = asyncio.ensure_future(read())
    started = loop.time()
    number = 0
    while number < 200:
        collector.publish(Samples([Sample("p", "t", number, [], None, 2.0)]))
        number += 1
        if number == 1:
            for _ in range(10):  # turns of the loop, no time
                await asyncio.sleep(0)
            assert batches == 1
        await asyncio.sleep(0.002)
    elapsed = loop.time() - started
    assert 2 <= batches <= elapsed / (0.9 * PACE) + 1
    reader.cancel()
    collector.close()
    console.close()


async def test_a_value_that_cannot_cross_spoils_only_its_own_sample() -> None:
    left, right = socket.socketpair()
    collector, console = PipeCollectorEnd(left), PipeConsoleEnd(right)
    bad: list[Row] = [(2**70,)]
    broken: list[Row] = [(Clean("\ud800"),)]
    samples = [Sample("p", str(n), 1.0, [(n,)], None, 2.0) for n in range(5)]
    samples[1] = Sample("p", "big", 1.0, bad, None, 2.0)
    samples[3] = Sample("p", "odd", 1.0, broken, None, 2.0)
    collector.publish(Samples(samples))
    got: dict[str, Sample] = {}
    while len(got) < 5:
        message = await console.receive()
        assert isinstance(message, Samples)
        got |= {each.target: each for each in message.samples}
    kinds = {name: each.fault and each.fault.kind for name, each in got.items()}
    assert kinds == {"0": None, "big": "malformed", "2": None, "odd": "malformed", "4": None}
    collector.close()
    console.close()


async def test_the_kill_of_a_peer_with_unread_words_still_hands_out_its_own(raw: Raw) -> None:
    peer, console = raw
    console.send(Interest([]))
    await asyncio.sleep(0.02)  # its words lie unread: closing now resets the stream
    peer.sendall(pack(msgspec.msgpack.encode(Hello(1, "1", []))))
    peer.close()
    console.send(Call(1, "x", b""))
    assert await console.receive() == Hello(1, "1", [])
    with pytest.raises(BusClosed, match="collector is gone"):
        await console.receive()


def test_no_descriptor_is_left() -> None:
    async def talk() -> None:
        left, right = socket.socketpair()
        collector, console = PipeCollectorEnd(left), PipeConsoleEnd(right)
        collector.publish(Hello(1, "1", []))
        await console.receive()
        collector.close()
        console.close()

    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(20):
        asyncio.run(talk())
    assert len(list(Path("/dev/fd").iterdir())) <= before
