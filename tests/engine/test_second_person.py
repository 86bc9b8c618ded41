"""The collector's own process asks for a second person, and does what it was asked then."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from opsconsole.engine import Companion
from opsconsole.errors import BusClosed, Refused
from opsconsole.plan import Approval, Ended, Request, digest
from tests.approval.people import BOB, lying, meeting, needs_root, other, until
from tests.engine.console import ARGV, HERE

pytestmark = [pytest.mark.root, needs_root]


async def _listen(companion: Companion) -> None:
    with contextlib.suppress(BusClosed):
        while True:
            await companion.receive()


@pytest.mark.parametrize("verb", ["yes", "no"])
async def test_what_cannot_be_taken_back_waits_for_somebody_else(tmp_path: Path, verb: str) -> None:
    with meeting():
        companion = Companion(ARGV)
        companion.start()
        listening = asyncio.ensure_future(_listen(companion))
        await companion.actions.arm(60, "")
        request = Request("box.wipe", (HERE,), {"what": f"0:{tmp_path / 'done'}"})
        plan = await companion.actions.propose(request)
        approved = companion.actions.approve(Approval(digest(plan), "here", "moved away"))
        waiting = asyncio.ensure_future(approved)
        await until(lambda: lying("*.sock") != [])
        assert not waiting.done()
        assert not (tmp_path / "done").exists()
        assert "error" not in await other(BOB, verb, "here")
        if verb == "yes":
            assert (await waiting).ended is Ended.VERIFIED
        else:
            with pytest.raises(Refused, match=r"daemon \(uid 1\) says no: here"):
                await waiting
        assert (tmp_path / "done").exists() == (verb == "yes")
        assert lying("*.sock") == []
        companion.close()
        assert companion.wait_ended(60)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
