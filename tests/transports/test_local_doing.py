"""Doing something on this machine: real programs, as children."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from opsconsole.errors import Denied, Refused, Unsupported
from opsconsole.model import Target
from opsconsole.transports.errand import CUT, HEARD
from opsconsole.transports.local import LocalTransport
from tests.servers.sampler import eventually
from tests.transports.doing import Told, done
from tests.transports.hostile import arrives

HERE = Target(id="here", kind="host", transport="local")


def gone(pid: int) -> bool:
    """Also of zombies there must be none."""
    return not Path(f"/proc/{pid}").exists()


async def test_every_word_arrives_and_none_is_obeyed(tmp_path: Path) -> None:
    await arrives(LocalTransport(), HERE, tmp_path / "canary", seed=1)


@pytest.mark.parametrize("status", [0, 1, 127, 130, 255])
async def test_the_status_is_the_programs_own(status: int) -> None:
    assert await done(LocalTransport(), HERE, "sh", "-c", f"exit {status}") == (status, b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_a_signal_is_negative(number: signal.Signals) -> None:
    assert (await done(LocalTransport(), HERE, "sh", "-c", f"kill -{number} $$"))[0] == -number


async def test_both_streams_in_order_an_empty_input_and_plain_surroundings() -> None:
    code = (
        "echo 1; echo 2 >&2; cat; pwd; echo $LC_ALL $SYSTEMD_COLORS $SYSTEMD_PAGER; ps -o sid= $$"
    )
    status, said = await done(LocalTransport(), HERE, "sh", "-c", code)
    *lines, session = said.split(b"\n")[:-1]
    assert (status, lines) == (0, [b"1", b"2", b"/", b"C 0 cat"])
    assert int(session) != os.getsid(0)


async def test_a_missing_program_and_a_forbidden_one(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="here: cannot run opsconsole-nonsuch: No such") as caught:
        await done(LocalTransport(), HERE, "opsconsole-nonsuch")
    assert "install" in caught.value.remedy
    plain = tmp_path / "plain"
    plain.write_text("")
    with pytest.raises(Denied, match="Permission denied"):
        await done(LocalTransport(), HERE, str(plain))
    with pytest.raises(Refused):
        await done(LocalTransport(), HERE, "-sh")


async def test_a_flood_is_cut_and_the_program_is_not_held_up() -> None:
    status, said = await done(LocalTransport(), HERE, "head", "-c", str(5 * HEARD), "/dev/zero")
    assert (status, len(said), said[-len(CUT) :]) == (0, HEARD + 1 + len(CUT), CUT)


@pytest.mark.parametrize("stubborn", [False, True], ids=["TERM is enough", "KILL is needed"])
async def test_cancelling_ends_the_program_and_all_it_started(stubborn: bool) -> None:
    told = Told()
    trap = "trap '' TERM; " if stubborn else ""
    code = f"{trap}sleep 600 & echo $$ $!; wait; wait"
    task = asyncio.create_task(LocalTransport().execute(HERE, ("sh", "-c", code), told))
    await eventually(told.has(b"\n"))
    pids = [int(word) for word in told.text.split()]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert gone(pids[0]), "no zombie either"
    await eventually(lambda: gone(pids[1]))


async def test_what_is_left_behind_is_not_waited_for() -> None:
    status, said = await done(LocalTransport(), HERE, "sh", "-c", "sleep 600 & echo $!")
    assert status == 0
    os.kill(int(said), signal.SIGKILL)
