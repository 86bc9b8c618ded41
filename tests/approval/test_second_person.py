"""A plan is approved by another person on this machine, and by nobody else."""

import asyncio
import os
import signal
import socket
from collections.abc import Generator
from pathlib import Path

import psutil
import pytest

from opsconsole.approval import VARIABLE, Shut, pending, rendezvous, stamp
from opsconsole.errors import Refused
from opsconsole.plan import digest
from tests.approval.people import (
    ALICE,
    BOB,
    CAROL,
    PLAN,
    leave,
    line,
    lying,
    meeting,
    needs_root,
    other,
    start,
    until,
    waiting,
)

pytestmark = [pytest.mark.root, needs_root]


@pytest.fixture
def folder() -> Generator[Path, None, None]:
    """Where all meet."""
    with meeting() as place:
        yield place


@pytest.fixture
def plan(folder: Path) -> Path:
    """The plan in a file that others may read."""
    path = folder / "plan"
    path.write_bytes(PLAN)
    return path


async def asks(plan: Path, login: int = -1) -> asyncio.subprocess.Process:
    """Alice asks for a second person."""
    process = await start(ALICE, "ask", str(plan), login)
    assert (await line(process))["waits"] == digest(PLAN)
    await until(lambda: lying(f"opsconsole-{ALICE}-*.sock") != [])
    return process


async def test_another_user_sees_who_asks_and_approves(plan: Path) -> None:
    asking = await asks(plan)
    assert (await other(BOB, "look"))["asked"] == [["bin (uid 2)", digest(PLAN)]]
    assert "error" not in await other(BOB, "yes", "app")
    assert await line(asking) == {"who": "daemon (uid 1)"}
    await leave(asking)
    assert lying("*") == [plan], "nothing stays behind"


async def test_nobody_approves_for_themselves(plan: Path) -> None:
    asking = await asks(plan)
    assert await other(ALICE, "look") == {"asked": [], "shut": []}
    for login, uid in ((ALICE, BOB), (ALICE, 0)):
        [[_, reason]] = (await other(uid, "look", login=login))["shut"]
        assert "are the same person" in reason
    assert "error" not in await other(0, "yes", "app", login=BOB)
    assert await line(asking) == {"who": "root (uid 0, logged in as daemon, uid 1)"}
    await leave(asking)


async def test_a_service_is_no_person_where_logins_are_known(plan: Path) -> None:
    asking = await asks(plan)
    for uid in (BOB, 0):
        [[_, reason]] = (await other(uid, "look", login=2**32 - 1))["shut"]
        assert "nobody is known to have logged in" in reason
    asking.kill()
    await asking.communicate()


async def test_where_no_login_is_known_another_uid_will_do_but_not_roots(plan: Path) -> None:
    asking = await asks(plan, login=2**32 - 1)
    [[_, reason]] = (await other(0, "look", login=2**32 - 1))["shut"]
    assert "could be anybody" in reason
    await other(BOB, "yes", "app", login=2**32 - 1)
    assert await line(asking) == {"who": "daemon (uid 1)"}
    await leave(asking)


async def test_a_uid_without_an_account_is_nobody(folder: Path) -> None:
    async with waiting() as asking:
        [[_, reason]] = (await other(654_321, "look"))["shut"]
        assert reason == "uid 654321 has no account on this machine"
        assert not asking.done()


async def test_the_same_uid_is_refused_by_the_listener_itself(folder: Path) -> None:
    async with waiting() as asking:
        said = await other(0, "another-plan", "app", login=BOB)
        assert "root (uid 0, logged in as daemon, uid 1) is the user who asks" in said["offer"]
        assert not asking.done()


async def test_only_the_estates_approvers_may(folder: Path) -> None:
    async with waiting(("daemon",)) as asking:
        [[_, reason]] = (await other(CAROL, "look"))["shut"]
        assert reason == "sys (uid 3) is not among the estate's approvers"
        [[_, reason]] = (await other(BOB, "look", login=CAROL))["shut"]
        assert "not among the estate's approvers" in reason, "who logged in is who counts"
        await other(BOB, "yes", "app")
        assert await asking == "daemon (uid 1)"


async def test_a_wrong_word_or_another_plan_approves_nothing(folder: Path) -> None:
    async with waiting() as asking:
        assert "the confirmation must be 'app'" in (await other(BOB, "yes", "y"))["error"]
        said = await other(BOB, "another-plan", "app")
        assert "that is not the plan that waits here" in said["answer"]
        assert not asking.done()
        await other(BOB, "yes", "app")
        assert await asking == "daemon (uid 1)"


async def test_a_denial_is_told_with_its_reason(folder: Path) -> None:
    async with waiting() as asking:
        await other(BOB, "no", "not before \x1b[2J Monday")
        with pytest.raises(Refused, match=r"daemon \(uid 1\) says no: not before .*Monday") as said:
            await asking
        assert said.value.rule == "approval"
        assert "\x1b" not in str(said.value)


async def test_nobody_in_time_is_a_refusal(folder: Path) -> None:
    async with waiting(seconds=0.3) as asking:
        with pytest.raises(Refused, match="no second person approved in time"):
            await asking
        assert (await other(BOB, "look")) == {"asked": [], "shut": []}


async def test_garbage_and_floods_do_not_keep_an_approver_out(folder: Path) -> None:
    async with waiting() as asking:
        assert (await other(CAROL, "garbage"))["sent"] == 9
        flood = await start(CAROL, "flood")
        assert (await line(flood))["held"] == 300
        assert psutil.Process().num_fds() < 100
        assert "error" not in await other(BOB, "yes", "app")
        assert await asking == "daemon (uid 1)"
        await leave(flood)


async def test_who_lies_about_their_name_is_passed_over(folder: Path) -> None:
    squatter = await start(CAROL, "squat", str(ALICE))
    lie = Path((await line(squatter))["lies"])
    assert (await other(BOB, "look")) == {"asked": [], "shut": []}
    os.chown(lie, ALICE, ALICE)  # not even a file of hers: the kernel knows who listens
    assert (await other(BOB, "look")) == {"asked": [], "shut": []}
    await leave(squatter)


async def test_one_who_asks_and_says_nothing_delays_nobody_for_long(plan: Path) -> None:
    squatter = await start(CAROL, "squat", str(CAROL))
    await line(squatter)
    asking = await asks(plan)
    assert (await other(BOB, "look"))["asked"] == [["bin (uid 2)", digest(PLAN)]]
    asking.kill()
    await asking.communicate()
    await leave(squatter)


async def test_a_requester_that_dies_is_passed_over_and_swept_up_by_its_own(plan: Path) -> None:
    asking = await asks(plan)
    asking.send_signal(signal.SIGKILL)
    await asking.communicate()
    [left] = lying("*.sock")
    assert await other(BOB, "look") == {"asked": [], "shut": []}
    assert lying("*.sock") == [left]
    await other(ALICE, "look")
    assert lying("*.sock") == []


async def test_ours_that_is_alive_is_not_swept_up(folder: Path) -> None:
    async with waiting() as asking:
        assert await pending() == []
        await other(BOB, "yes", "app")
        assert await asking == "daemon (uid 1)"


def test_a_place_that_somebody_else_controls_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rendezvous() == folder
    link = folder / "link"
    link.symlink_to(folder)
    monkeypatch.setenv(VARIABLE, str(link))
    with pytest.raises(Refused, match="is a link"):
        rendezvous()
    monkeypatch.setenv(VARIABLE, str(folder))
    folder.chmod(0o777)
    with pytest.raises(Refused, match="has mode 777; it takes 1777"):
        asyncio.run(pending())
    folder.chmod(0o1777)
    os.chown(folder, CAROL, CAROL)
    with pytest.raises(Refused, match="belongs to uid 3 and not to root"):
        rendezvous()
    monkeypatch.setenv(VARIABLE, str(folder / "nowhere"))
    with pytest.raises(Refused, match="No such file"):
        rendezvous()


def test_the_times_of_a_folder_tell_that_somebody_came(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stamp() is None, "it changed a moment ago: who comes now might not be told"
    os.utime(folder, (1e9, 1e9))
    quiet = stamp()
    assert quiet is not None
    assert stamp() == quiet
    (folder / "new").touch()
    assert stamp() is None
    os.utime(folder, (1e9, 1e9))
    assert stamp() not in (None, quiet), "its owner can set a time, and not the other"
    monkeypatch.setenv(VARIABLE, str(folder / "nowhere"))
    assert stamp() is None


async def test_a_link_in_the_folder_leads_nowhere(folder: Path, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as real:
        real.bind(str(tmp_path / "s"))
        real.listen()
        (folder / f"opsconsole-{CAROL}-{'0' * 32}.sock").symlink_to(tmp_path / "s")
        (folder / f"opsconsole-{CAROL}-{'1' * 32}.sock").write_text("no socket")
        assert [one for one in await pending() if isinstance(one, Shut)] == []
