"""A real process of another user asks, and this console answers it over the real socket."""

import asyncio
import os
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from opsconsole.approval import others
from opsconsole.approval.peer import NO_LOGIN
from opsconsole.plan import digest
from screens.shell.witness.lookout import Desk
from tests.approval.people import (
    ALICE,
    BOB,
    PLAN,
    leave,
    line,
    lying,
    meeting,
    needs_root,
    start,
    until,
)
from tests.screens.shell.stage import Stage, host, stage
from tests.screens.shell.witness.test_asking import named, opened

pytestmark = [pytest.mark.root, needs_root]

SOON_S = 0.1


@contextmanager
def _as_bob() -> Generator[None]:
    """The kernel tells others of this process as Bob's within the context."""
    os.seteuid(BOB)
    try:
        yield
    finally:
        os.seteuid(0)


def _others() -> frozenset[Path]:
    """Who asks, for Bob: what root has seen it could not answer is not looked at again for long."""
    return others() if os.geteuid() == BOB else frozenset()


@asynccontextmanager
async def _asked() -> AsyncGenerator[tuple[Stage, asyncio.subprocess.Process]]:
    """Alice, of whom no login is known, asks; Bob's console has seen it."""
    with meeting() as folder:
        plan = folder / "plan"
        plan.write_bytes(PLAN)
        asking = await start(ALICE, "ask", str(plan), NO_LOGIN)
        try:
            assert (await line(asking))["waits"] == digest(PLAN)
            await until(lambda: lying(f"opsconsole-{ALICE}-*.sock") != [])
            async with stage(host("web-1"), desk=Desk(others=_others, every_s=SOON_S)) as on:
                with _as_bob():
                    await on.until(lambda: "bin asks: Wipe on dev-1" in on.screen[0])
                    yield on, asking
        finally:
            if asking.returncode is None:
                asking.kill()
                await asking.communicate()
        assert lying("*.sock") == []


async def test_bob_reads_and_approves_what_alice_asks() -> None:
    async with _asked() as (on, asking):
        await opened(on)
        assert on.says("bin (uid 2), until")
        await named(on, "app")
        await on.press("y")
        await on.until(lambda: on.says("approved: Wipe of bin (uid 2)"))
        assert await line(asking) == {"who": "daemon (uid 1)"}
        await on.until(lambda: "asks" not in on.screen[0])
        await leave(asking)


async def test_bob_denies_it_with_a_reason() -> None:
    async with _asked() as (on, asking):
        await opened(on)
        await on.press("D", *"not now", "enter")
        await on.until(lambda: on.says("denied: Wipe of bin (uid 2)"))
        said = await line(asking)
        assert "daemon (uid 1) says no: not now" in str(said["error"])
        await leave(asking)


async def test_alice_who_is_killed_does_not_wait_any_more() -> None:
    async with _asked() as (on, asking):
        await opened(on)
        [left] = [Path(each) for each in lying("*.sock")]
        os.seteuid(0)
        asking.kill()
        await asking.communicate()
        left.unlink()
        os.seteuid(BOB)
        await on.until(lambda: on.says("bin does not wait any more"))
