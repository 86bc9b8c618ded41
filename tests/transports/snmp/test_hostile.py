"""Agents that lie, stammer, cut off, go in circles, answer late or as somebody else."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from opsconsole import varbind
from opsconsole.errors import Malformed, Unreachable
from opsconsole.question import Part, SnmpGet, SnmpWalk
from opsconsole.transports.snmp import agent as agent_module
from opsconsole.transports.snmp import ber
from opsconsole.transports.snmp.message import BULK, GET
from tests.servers.agent import (
    UPTIME,
    Answering,
    Asked,
    Object,
    StubAgent,
    proper,
    recorded,
    said,
    stub,
    table,
)
from tests.transports.snmp.scene import again, answered, opened, target

ENTRY = "1.3.6.1.4.1.99.1"
OBJECTS = [UPTIME, *table(ENTRY, 3, 40)]
GOT = SnmpGet(("1.3.6.1.2.1.1.3.0",))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is known sooner, where nothing is to be heard at first."""
    monkeypatch.setattr(agent_module, "UNKNOWN_S", 0.1)


def but(answering: Answering, *, kind: int, first: int = 0) -> Answering:
    """A proper agent that does something else when asked so, from the nth time on."""
    seen: list[int] = []

    def answer(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
        seen.extend([1] * (asked.kind == kind))
        strange = asked.kind == kind and len(seen) > first
        return answering(agent, asked) if strange else proper(agent, asked)

    return answer


async def walked(
    tmp_path: Path, agent: StubAgent, *walks: SnmpWalk, version: str = "2c"
) -> list[Part]:
    to = target(tmp_path, agent.address, community="public", version=version)
    return list(await answered(to, *(walks or (SnmpWalk(ENTRY, (1, 2, 3)),))))


def whole(part: Part) -> bool:
    rows = varbind.rows(part, ENTRY)
    return len(rows) == 40 and all(
        row == {column: 1000 * column + int(index) for column in (1, 2, 3)}
        for index, row in rows.items()
    )


@pytest.mark.parametrize("version", ["1", "2c"])
async def test_a_table_comes_row_by_row_in_few_messages(tmp_path: Path, version: str) -> None:
    async with stub(OBJECTS) as agent:
        (part,) = await walked(tmp_path, agent, version=version)
        assert whole(part)
        assert len(agent.asked) <= (4 if version == "2c" else 44)


async def test_objects_are_asked_for_in_as_few_messages_as_will_do(tmp_path: Path) -> None:
    names = tuple(f"{ENTRY}.1.{row}" for row in range(1, 51))
    async with stub(OBJECTS) as agent:
        (part,) = await answered(
            target(tmp_path, agent.address, community="public"), SnmpGet(names)
        )
        values = varbind.values(part)
        assert [values[name] for name in names] == [*range(1001, 1041), *[None] * 10]
        assert [len(one.names) for one in agent.asked] == [1, 24, 24, 2]


async def test_what_v1_does_not_have_is_asked_around(tmp_path: Path) -> None:
    names = tuple(f"{ENTRY}.1.{row}" for row in range(38, 44))
    async with stub(OBJECTS) as agent:
        to = target(tmp_path, agent.address, community="public", version="1")
        (part,) = await answered(to, SnmpGet(names))
        values = varbind.values(part)
        assert [values[name] for name in names] == [1038, 1039, 1040, None, None, None]


def big(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
    """Room for six objects."""
    many = asked.second * len(asked.names) if asked.kind == BULK else len(asked.names)
    return [said(asked, [], 1)] if many > 6 else proper(agent, asked)


def cut(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
    """Cuts its answers off where its buffer ends."""
    return [answer[:200] for answer in proper(agent, asked)]


def slow(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
    return [] if asked.second * len(asked.names) > 12 else proper(agent, asked)


@pytest.mark.parametrize("answering", [big, cut, slow])
async def test_an_agent_that_cannot_tell_much_at_once_is_asked_for_less(
    tmp_path: Path, answering: Answering
) -> None:
    async with stub(OBJECTS, answering) as agent:
        (part,) = await walked(tmp_path, agent)
        assert whole(part)


async def test_what_is_too_big_to_get_comes_in_pieces(tmp_path: Path) -> None:
    async with stub(OBJECTS, big) as agent:
        names = tuple(f"{ENTRY}.1.{row}" for row in range(1, 21))
        (part,) = await answered(
            target(tmp_path, agent.address, community="public"), SnmpGet(names)
        )
        assert len(varbind.values(part)) == 20


async def test_a_table_that_is_not_sorted_is_read_to_its_end(tmp_path: Path) -> None:
    mixed = [OBJECTS[0], *reversed(table(ENTRY, 1, 40)), (ber.name("1.3.6.1.4.1.100.1"), b"\5\0")]
    async with stub(mixed) as agent:
        agent.after[ber.name(f"{ENTRY}.1")] = mixed[1]
        (part,) = await walked(tmp_path, agent, SnmpWalk(f"{ENTRY}.1"))
        assert [one.value for one in varbind.read(part)] == list(range(1040, 1000, -1))


async def test_an_agent_that_goes_in_circles_is_left(tmp_path: Path) -> None:
    async with stub(OBJECTS) as agent:
        first, last = table(ENTRY, 1, 40)[0], table(ENTRY, 1, 40)[-1]
        agent.after[last[0]] = first
        (part,) = await walked(tmp_path, agent, SnmpWalk(f"{ENTRY}.1"))
        assert len(varbind.read(part)) == 40


async def test_a_table_without_end_is_a_fault_and_bounded(tmp_path: Path) -> None:
    def endless(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
        row = int(varbind.text(asked.names[0]).rpartition(".")[2])
        return [
            said(
                asked,
                [(ber.name(f"{ENTRY}.{row + at}"), b"\5\0") for at in range(1, asked.second + 1)],
            )
        ]

    async with stub(answering=but(endless, kind=BULK)) as agent:
        with pytest.raises(Malformed, match="more than 500 objects"):
            await walked(tmp_path, agent, SnmpWalk(ENTRY, limit=500))
        assert len(agent.asked) <= 30


async def test_one_subtree_that_is_refused_spoils_no_other(tmp_path: Path) -> None:
    def refusing(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
        return [said(asked, [], 5)]

    async with stub(OBJECTS, but(refusing, kind=BULK)) as agent:
        to = target(tmp_path, agent.address, community="public")
        bad, good = await answered(to, SnmpWalk(ENTRY, (1,)), GOT)
        assert varbind.values(good) == {GOT.oids[0]: 0x1234}
        with pytest.raises(Malformed, match="genErr"):
            varbind.read(bad)


def wrong_number(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
    return proper(agent, asked._replace(number=asked.number ^ 1))


def nothing(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
    return []


def garbled(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
    return [b"\x30\x82\xff\xff" + b"\0" * 50]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("answering", "kind"),
    [(wrong_number, Unreachable), (nothing, Unreachable), (garbled, Malformed)],
)
async def test_what_answers_nothing_is_no_answer(
    tmp_path: Path, answering: Answering, kind: type[Exception]
) -> None:
    async with stub(answering=answering) as agent:
        to = target(tmp_path, agent.address, community="public", retries=0)
        with pytest.raises(kind, match=r"^box: "):
            await answered(to, GOT)
        assert len(agent.asked) == 1


@pytest.mark.usefixtures("impatient")
async def test_an_answer_from_another_address_is_not_taken_and_told(tmp_path: Path) -> None:
    async with stub() as other:

        def elsewhere(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
            _, port = asked_from[0]
            for answer in proper(agent, asked):
                other.transport.sendto(answer, ("127.0.0.1", port))
            return []

        asked_from: list[tuple[str, int]] = []
        async with stub(answering=elsewhere) as agent:
            kept = agent.heard

            def received(data: bytes, addr: tuple[str, int]) -> None:
                asked_from[:] = [addr]
                kept(data, addr)

            agent.heard = received
            to = target(tmp_path, agent.address, community="public", retries=0)
            with pytest.raises(Unreachable) as caught:
                await answered(to, GOT)
        assert other.address in caught.value.remedy


@pytest.mark.usefixtures("impatient")
async def test_a_lost_question_is_asked_again_with_the_same_number(tmp_path: Path) -> None:
    dropped: list[Asked] = []

    def first_lost(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
        if not dropped:
            dropped.append(asked)
            return []
        return proper(agent, asked)

    async with stub(answering=first_lost) as agent:
        await answered(target(tmp_path, agent.address, community="public"), GOT)
        assert agent.came[0] == agent.came[1]


async def test_answers_that_come_twice_or_late_answer_nothing_else(tmp_path: Path) -> None:
    old: list[bytes] = []

    def stammering(agent: StubAgent, asked: Asked) -> Sequence[bytes]:
        answers = proper(agent, asked)
        old.extend(answers)
        agent.values[UPTIME[0]] = ber.number(len(old), varbind.TICKS)
        return [*old, *answers]

    async with stub(answering=stammering) as agent:
        to = target(tmp_path, agent.address, community="public")
        async with opened(to, GOT) as (session, heard, _):
            found = [
                varbind.bindings((await again(session, heard)).payload.partition(b"\n")[2])
                for _ in range(3)
            ]
        assert [one[0].value for one in found] == [1, 2, 3]


@pytest.mark.usefixtures("impatient")
async def test_questions_to_one_agent_follow_one_another(tmp_path: Path) -> None:
    async with stub(answering=nothing) as agent:
        to = target(tmp_path, agent.address, community="public")
        opening = asyncio.ensure_future(answered(to, GOT))
        await agent.came_one.wait()
        agent.answering = proper  # the question is asked again, and now answered
        await opening
        assert len({one.number for one in agent.asked}) == 2


async def test_silence_between_ends_the_session(tmp_path: Path) -> None:
    async with stub(answering=but(nothing, kind=GET, first=1)) as agent:
        to = target(tmp_path, agent.address, community="public", retries=0)
        async with opened(to, GOT) as (session, _, _):
            session.ask("one")
            with pytest.raises(Unreachable, match="no answer"):
                await session.ended()


@pytest.mark.parametrize(
    "name",
    ["apc_ap8853", "sentry4_switched8i", "ios_c3560", "jetdirect_m252dw", "windows_svr_2019_1809"],
)
async def test_every_object_of_a_recorded_device_is_found(
    tmp_path: Path, recordings: Path, name: str
) -> None:
    objects: list[Object] = recorded(recordings / "snmp" / f"{name}.snmprec")
    async with stub(objects) as agent:
        agent.values.setdefault(*UPTIME)
        roots = ("1.0", "1.3.6.1.2", "1.3.6.1.4")
        parts = await answered(
            target(tmp_path, agent.address, community="public"), *(SnmpWalk(root) for root in roots)
        )
        found = {one.name for part in parts for one in varbind.read(part)}
    wanted = {varbind.text(one) for one, _ in objects}
    assert {one for one in wanted if one.startswith(tuple(f"{root}." for root in roots))} <= found
    assert len(wanted - found) <= 5  # outside of what was walked
