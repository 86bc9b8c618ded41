"""A place to meet, a plan to be approved, and other users who do what the test says."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Generator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from opsconsole.approval import VARIABLE, SecondPerson
from opsconsole.clean import Clean
from opsconsole.plan import Item, Plan, Step, Thing, Tier, Waiting, digest

ALICE, BOB, CAROL = 2, 1, 3
"""Accounts that every system has: bin, daemon and sys."""

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/proc/self/loginuid").exists(),
    reason="needs root and a kernel that audits: a second person is another user, who logged in",
)

PLAN = msgspec.msgpack.encode(
    Plan(
        number="1",
        action="box.wipe",
        title="Wipe",
        arguments={},
        items=(
            Item(
                Thing("dev-1", (("unit", "app"),), Clean("app")),
                (Step(("wipe", "--", "app"), 5.0),),
                {"unit": "app"},
                "it is gone",
                "",
            ),
        ),
        tier=Tier.WITNESS,
        why=("it cannot be taken back",),
        confirm="app",
        note=True,
        limits=(),
        expected_s=1.0,
        cancellable=False,
        made_at=0.0,
    )
)


@contextlib.contextmanager
def meeting() -> Generator[Path, None, None]:
    """A folder that every user may enter; pytest's own are ours alone."""
    folder = Path(tempfile.mkdtemp(prefix="opsconsole-test-"))
    folder.chmod(0o1777)
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder)
    try:
        yield folder
    finally:
        os.environ.pop(VARIABLE)
        if before is not None:
            os.environ[VARIABLE] = before
        shutil.rmtree(folder)


def lying(pattern: str) -> list[Path]:
    """What lies where all meet."""
    return sorted(Path(os.environ[VARIABLE]).glob(pattern))


async def until(true: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - nobody here could set an event
            await asyncio.sleep(0.01)


NOTE = "disk dies, OPS-1"
"""Why the plan is wanted."""


@contextlib.asynccontextmanager
async def waiting(
    approvers: tuple[str, ...] = (), seconds: float = 60.0
) -> AsyncGenerator["asyncio.Task[str]", None]:
    """The plan waits within the context; the task ends with the answer."""
    waits = Waiting(digest(PLAN), Clean("Wipe"), time.time() + seconds, NOTE)
    task = asyncio.ensure_future(SecondPerson(approvers).ask(PLAN, waits))
    await until(lambda: task.done() or lying("*.sock") != [])
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert lying("opsconsole-*") == [], "nothing stays behind"


async def start(uid: int, verb: str, word: str = "", login: int = -1) -> asyncio.subprocess.Process:
    """Another user, logged in as themselves unless said otherwise."""
    who = str(uid if login == -1 else login)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.approval.other", str(uid), who, verb, word,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """The next thing it says."""
    assert process.stdout is not None
    said: dict[str, Any] = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
    return said


async def other(uid: int, verb: str, word: str = "", login: int = -1) -> dict[str, Any]:
    """What another user did came to."""
    process = await start(uid, verb, word, login)
    out, _ = await asyncio.wait_for(process.communicate(b""), 60)
    assert process.returncode == 0
    said: dict[str, Any] = json.loads(out.splitlines()[-1])
    return said


async def leave(process: asyncio.subprocess.Process) -> None:
    """Tell it to go, and see it go."""
    out, _ = await asyncio.wait_for(process.communicate(b""), 60)
    assert process.returncode == 0, out
