"""A list without a path of its own is that of the kind which was chosen last."""

import asyncio

import pytest

from opsconsole.errors import Unsupported
from opsconsole.question import Questions, Watched
from opsconsole.transports.kubernetes.listing import collection
from opsconsole.turn import Phase, framed
from tests.transports.kubernetes.scene import Space, opened, until

CHOSEN: Questions = {"any": (Watched(""),)}


@pytest.mark.server
async def test_each_turn_says_of_what_it_is(space: Space) -> None:
    await asyncio.to_thread(space.add, "a")
    async with opened(space.target, CHOSEN, ask=()) as (session, rows):
        session.choose("any", "configmaps.v1.")
        session.ask("any")
        await until(lambda: len(rows.answers) >= 2)
        await space.change("a")
        await until(lambda: any(b"MODIFIED" in one.payload for one in rows.answers))
        session.leave("any")
        session.choose("any", "deployments.v1.apps")
        before = len(rows.answers)
        session.ask("any")
        await until(lambda: len(rows.answers) >= before + 2)
    line = b"configmaps.v1.\n"
    assert rows.answers[0].payload.startswith(framed(Phase.FIRST, line + b"{"))
    assert all(line in one.payload[:40] for one in rows.answers[:before])
    assert rows.answers[1].payload == framed(Phase.LISTED, line)
    assert b"deployments.v1.apps\n" in rows.answers[before].payload[:40]


@pytest.mark.server
@pytest.mark.parametrize("subject", ["", "configmaps", "../x", "a.b.c/d", "a.v1.x y"])
async def test_what_is_no_kind_is_a_fault_and_no_request(space: Space, subject: str) -> None:
    async with opened(space.target, CHOSEN, ask=()) as (session, rows):
        session.choose("any", subject)
        before = session.requests
        session.ask("any")
        await until(lambda: rows.faults)
        assert session.requests == before
    assert isinstance(rows.faults[0], Unsupported)
    assert ("no kind is chosen" if not subject else "is no kind") in str(rows.faults[0])


@pytest.mark.parametrize(
    ("subject", "path"),
    [
        ("pods.v1.", "/api/v1/pods"),
        ("gadgets.v1beta1.example.com", "/apis/example.com/v1beta1/gadgets"),
        ("Pods.v1.", ""),
        ("pods.v1", ""),
        ("pods.v1.a..b", ""),
        ("p" * 64 + ".v1.", ""),
        ("pods.v1.-a", ""),
    ],
)
def test_where_a_kind_is(subject: str, path: str) -> None:
    assert collection(subject) == path
