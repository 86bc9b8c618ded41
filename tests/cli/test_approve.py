"""`opsconsole approve`: what another user sees of a plan that waits, and answers."""

import json
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from opsconsole.plan import digest
from tests.approval.people import BOB, NOTE, PLAN, meeting, needs_root, other, waiting

pytestmark = [pytest.mark.root, needs_root]
ID = digest(PLAN)[:16]


@pytest.fixture(autouse=True)
def folder() -> Generator[Path, None, None]:
    """Where all meet."""
    with meeting() as place:
        yield place


async def approve(**words: str) -> dict[str, Any]:
    """What the command says to another user."""
    said = await other(BOB, "command", json.dumps(words))
    assert "Traceback" not in said["err"]
    return said


async def test_nothing_waits() -> None:
    said = await approve()
    assert (said["code"], said["out"]) == (0, "nothing waits for a second person\n")
    assert json.loads((await approve(o="json"))["out"]) == []


async def test_what_waits_is_listed_shown_and_approved() -> None:
    async with waiting() as asking:
        said = await approve()
        head, line = said["out"].splitlines()
        assert head.split() == ["ID", "WHO", "WHAT", "WHERE", "SINCE", "UNTIL"]
        assert line.split()[:6] == [ID, "root", "(uid", "0)", "Wipe", "dev-1"]
        [one] = json.loads((await approve(o="json"))["out"])
        assert (one["id"], one["uid"], one["where"]) == (ID, 0, ["dev-1"])
        shown = (await approve(id=ID))["out"]
        assert "  run     wipe -- app  (at most 5 s)\n" in shown
        assert "tier 3: it cannot be taken back" in shown
        assert f"\nreason: {NOTE}\n\n" in shown
        assert one["reason"] == NOTE
        assert not asking.done()
        said = await approve(id=ID, confirm="app")
        assert said["out"] == "approved: Wipe, which root (uid 0) runs now\n"
        assert await asking == "daemon (uid 1)"


async def test_what_does_not_count_is_told_by_the_exit_code() -> None:
    async with waiting() as asking:
        said = await approve(id=ID, confirm="yes")
        assert said["code"] == 3
        assert "the confirmation must be 'app'" in said["err"]
        for wrong in ("0" * 16, ID[:15]):
            said = await approve(id=wrong, confirm="app")
            assert said["code"] == 2
            assert f"is none of what waits: {ID}" in said["err"]
        assert (await approve(confirm="app"))["code"] == 2
        assert (await approve(id=ID, confirm="app", deny="no"))["code"] == 2
        assert not asking.done()
        assert (await approve(id=ID, deny="not today"))["out"] == "denied: Wipe of root (uid 0)\n"


async def test_who_may_not_is_told_why() -> None:
    async with waiting(("sys",)):
        said = await approve()
        assert said["out"] == "nothing waits for a second person\n"
        assert "daemon (uid 1) is not among the estate's approvers" in said["err"]


def test_a_place_that_cannot_be_trusted_is_told_with_its_remedy(folder: Path) -> None:
    folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "opsconsole", "approve"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert "install -d -m 1777 /run/opsconsole" in done.stderr
