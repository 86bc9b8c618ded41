"""Senders that repeat, replay, flood, lie and stammer; whatever comes is counted and survived."""

import asyncio
import socket
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.transports.snmp.engine import User
from opsconsole.transports.snmp.message import AUTH, PRIV
from opsconsole.transports.trap.belief import Belief
from opsconsole.transports.trap.ear import Ear
from opsconsole.transports.trap.notice import INFORM, MOST, Said
from opsconsole.transports.trap.session import BURST, KEPT
from opsconsole.varbind import bindings
from tests.transports.trap.scene import (
    ENGINE,
    KEYS,
    NAME_OF_PORT,
    USER,
    Ears,
    listening,
    plain,
    receiver,
    samples,
    signed,
    unit,
    variable,
)


class Sender:
    """Sends bytes, and hears what is answered."""

    def __init__(self, one: Ears) -> None:
        place, _, port = one.at.rpartition(":")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.connect((place, int(port)))

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, *messages: bytes) -> None:
        for message in messages:
            self._socket.send(message)

    async def answer(self) -> bytes:
        async with asyncio.timeout(60):
            return await asyncio.get_running_loop().sock_recv(self._socket, 65535)


async def test_an_inform_that_comes_again_is_acknowledged_and_told_once(tmp_path: Path) -> None:
    async with listening(receiver(tmp_path, community="public")) as (one,):
        with Sender(one) as sender:
            sender.send(plain(unit(INFORM, 7)), plain(unit(INFORM, 7)), plain(unit(INFORM, 8)))
            answers = [await sender.answer() for _ in range(3)]
        assert answers[0] == answers[1] == plain(unit(0xA2, 7))
        assert answers[2] == plain(unit(0xA2, 8))
        assert len(await one.until(2)) == 2
        assert (one.told.informs, one.told.again) == (2, 1)


async def test_what_was_recorded_and_is_sent_again_later_is_refused(tmp_path: Path) -> None:
    async with listening(receiver(tmp_path, user="watch", **KEYS)) as (one,):
        with Sender(one) as sender:
            sender.send(
                signed(unit(), 5, 1000),
                signed(unit(), 5, 900),
                signed(unit(), 5, 800),
                signed(unit(), 4, 5000),
                signed(unit(), 6, 1),
                signed(unit(), 5, 1000),
                signed(unit(), 4, 1, engine=ENGINE + b"2"),
                signed(unit(), 0x7FFFFFFF, 1),
            )
            await one.until(4)
        now = await one.now()
        assert now.traps == 4
        assert now.refused == {
            "from the past: its engine was later already": 3,
            "an engine that has no time any more": 1,
        }


async def test_a_flood_of_one_sender_is_counted_and_bounded(tmp_path: Path) -> None:
    count = int(BURST) + 60
    async with listening(receiver(tmp_path, community="public")) as (one,):
        with Sender(one) as sender:
            for number in range(count):
                sender.send(plain(unit(INFORM, number)))
            for _ in range(count):
                await sender.answer()
        now = await one.now()
        assert now.informs == now.recent == count
        assert len(now.notices) + now.flooded == count
        assert BURST <= len(now.notices) <= KEPT
        assert now.flooded > 0


async def test_only_so_much_of_a_trap_is_kept(tmp_path: Path) -> None:
    many = [variable(NAME_OF_PORT, b"x" * 300) for _ in range(9)]
    async with listening(receiver(tmp_path, community="public")) as (one,):
        with Sender(one) as sender:
            sender.send(plain(unit(0xA7, 1, *many)), plain(unit(0xA7, 2)))
            first, second = await one.until(2)
        assert (first.cut, len(bindings(first.body)), second.cut) == (True, 3, False)
        assert len(first.body) <= MOST
        assert first.number < second.number


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (plain(unit(0xA0)), "neither a trap nor an inform"),
        (plain(unit(INFORM), version=0), "neither a trap nor an inform"),
        (plain(b""), "cut short"),
        (plain(unit(), version=2), "unknown version"),
        (b"", "cut short"),
        (b"\x30\x84\xff\xff\xff\xff", "cut short"),
        (b"GET / HTTP/1.1\r\n\r\n", "cut short|no SNMP"),
        (b"\x30\x80" * 3000, "impossible length"),
    ],
)
async def test_what_is_no_trap_is_counted(message: bytes, why: str, tmp_path: Path) -> None:
    async with listening(receiver(tmp_path, community="public")) as (one,):
        with Sender(one) as sender:
            sender.send(message, plain(unit()))
            await one.until(1)
        now = await one.now()
        ((reason, count),) = now.refused.items()
        assert count == 1
        assert any(each in reason for each in why.split("|"))


class Counting:
    """Listens, and only counts."""

    def __init__(self, belief: Belief) -> None:
        self.belief = belief
        self.taken = self.refused = self.repeated = 0

    def take(self, found: Said, source: str, version: int) -> None:
        bindings(found.body)
        assert (source, version) in {("127.0.0.1", each) for each in (0, 1, 3)}
        self.taken += 1

    def repeat(self, source: str) -> None:
        assert source
        self.repeated += 1

    def refuse(self, source: str, why: str) -> None:
        assert source
        assert why
        self.refused += 1

    def wrote(self, count: int) -> None:
        assert count > 0


@pytest.fixture(scope="module")
def ear() -> Generator[Ear, None, None]:
    """One at some port, that two listen at."""

    async def made() -> Ear:
        return Ear(socket.AF_INET, ("127.69.1.1", 0))

    with asyncio.Runner() as runner:
        one = runner.run(made())
        # What is answered goes to port 9 of ourselves, where nobody is.
        one.listeners += [Counting(Belief("public", USER)), Counting(Belief("", User("open")))]
        yield one
        runner.run(_closed(one))


async def _closed(one: Ear) -> None:
    one.close()


SOUND = samples()
PEER = ("127.0.0.1", 9)


def counted(one: Ear, data: bytes) -> tuple[int, int]:
    """How many were taken (or came again), and how many refused, of one datagram."""

    def all_() -> tuple[int, int]:
        some = [each for each in one.listeners if isinstance(each, Counting)]
        return sum(x.taken + x.repeated for x in some), sum(x.refused for x in some)

    before = all_()
    one.came(data, PEER)
    after = all_()
    return after[0] - before[0], after[1] - before[1]


@pytest.mark.parametrize("at", range(len(SOUND)))
def test_a_sound_message_is_taken_and_none_of_its_beginnings(ear: Ear, at: int) -> None:
    assert counted(ear, SOUND[at]) == (1, 0)
    for size in range(len(SOUND[at])):
        assert counted(ear, SOUND[at][:size]) == (0, 1)


@given(st.binary(max_size=300))
def test_noise_is_survived(ear: Ear, data: bytes) -> None:
    taken, refused = counted(ear, data)
    assert taken == 0
    assert refused <= 1


@given(
    st.sampled_from(SOUND),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_what_was_damaged_on_the_way_is_survived(
    ear: Ear, message: bytes, damage: list[tuple[int, int]]
) -> None:
    raw = bytearray(message)
    for at, byte in damage:
        raw[at % len(raw)] = byte
    taken, refused = counted(ear, bytes(raw))
    assert taken + refused <= 1
    if message == SOUND[3] and bytes(raw) != message:
        assert taken == 0  # its digest covers all of it
    assert counted(ear, message) == (1, 0)


@given(st.integers(0, 7), st.binary(max_size=40), st.integers(0, 1 << 31), st.integers(0, 1 << 31))
def test_whatever_is_signed_wrongly_is_refused(
    ear: Ear, flags: int, engine: bytes, boots: int, now: int
) -> None:
    stranger = User("watch", "sha256", "another password", "aes", "another password")
    message = signed(unit(), boots & 0x7FFFFFFF, now & 0x7FFFFFFF, user=stranger, engine=engine)
    bare = signed(unit(), 1, 1, user=stranger, engine=engine, flags=flags & ~(AUTH | PRIV))
    assert counted(ear, message) == (0, 1)
    taken, refused = counted(ear, bare)
    assert taken == 0
    assert refused <= 1  # who asks which engine we are is told, and nothing is wrong with that
