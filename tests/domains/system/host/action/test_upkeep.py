"""The clock, the journal, file systems and a fresh start: recorded answers, and what they mean."""

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.system.host.action import clock, growth, journal, reboot
from opsconsole.errors import Gone, Malformed
from opsconsole.plan import Thing
from opsconsole.spec import Facts

HOST = Thing("web-1", (), Clean("web-1"))
TRACKING = (
    b"7F4D14DF,127.77.20.223,9,1795492082.654845918,-0.000000008,0.000004103,0.000004103,0.613,"
    b"0.000,559.347,0.000031890,0.001071589,0.0,Normal\n"
    b"boot:b9ef5dc1-6595-4127-98f8-4bc4ff0ad11f\n"
)
REBOOT = b"""\
boot:b9ef5dc1-6595-4127-98f8-4bc4ff0ad11f
state:degraded
lock:backup 0 root 114 systemd-inhibit shutdown nightly copy block
user:root     pts/0        2026-11-24 03:47 (10.0.0.9)
"""


def tracking(offset: bytes = b"-0.000000008", at: bytes = b"1795492082.654845918") -> Facts:
    answer = TRACKING.replace(b"-0.000000008", offset).replace(b"1795492082.654845918", at)
    return clock.read(HOST, 0, answer)


def test_the_clock_as_chronyd_has_it() -> None:
    found = tracking(b"-1.25")
    assert (found["offset_ms"], found["reference"]) == ("-1250.000", "127.77.20.223")
    assert (found["leap"], found["missing"]) == ("Normal", "")
    assert found["boot"] == "b9ef5dc1-6595-4127-98f8-4bc4ff0ad11f"


def test_a_host_without_chronyd_says_so() -> None:
    none = clock.read(HOST, 127, b"")
    deaf = clock.read(HOST, 1, b"506 Cannot talk to daemon\n")
    for action in clock.ACTIONS:
        assert "chronyc is not there" in action.bars(HOST, none, {})
        assert "506 Cannot talk to daemon" in action.bars(HOST, deaf, {})
    with pytest.raises(Malformed):
        clock.read(HOST, 0, b"a,b,c\n")


def test_a_clock_is_stepped_only_when_it_is_off_and_there_is_a_time_to_step_to() -> None:
    assert clock.STEP.bars(HOST, tracking(b"-1.25"), {}) == ""
    assert "without a step" in clock.STEP.bars(HOST, tracking(b"0.049"), {})
    alone = clock.read(
        HOST, 0, TRACKING.replace(b"127.77.20.223", b"").replace(b"-0.000000008", b"9")
    )
    lost = clock.read(HOST, 0, TRACKING.replace(b"Normal", b"Not synchronised"))
    assert "no source" in clock.STEP.bars(HOST, alone, {})
    assert "no source" in clock.STEP.bars(HOST, lost, {})
    (step,) = clock.STEP.steps(HOST, tracking(), {})
    assert (step.argv, step.root) == (("chronyc", "makestep"), True)
    assert "jumps by -1250.000 ms" in clock.STEP.effect(HOST, tracking(b"-1.25"), {})


def test_a_step_worked_when_the_offset_is_small() -> None:
    held = clock.STEP.verify.held
    assert held(tracking(b"-1.25"), tracking(b"0.0499"), {})
    assert not held(tracking(b"-1.25"), tracking(b"-0.0501"), {})
    assert not held(tracking(), clock.read(HOST, 127, b""), {})


def test_a_burst_worked_when_it_was_measured_since() -> None:
    held = clock.BURST.verify.held
    assert not held(tracking(), tracking(), {}), "the measure of before"
    assert held(tracking(), tracking(at=b"1795492084.5"), {})
    assert not held(tracking(), tracking(b"0.2", b"1795492084.5"), {})


def test_the_journal() -> None:
    before = journal.read(HOST, 0, b"boot:b\nall:400000\nold:300000\n")
    smaller, gone = {**before, "used_kb": "90000"}, {**before, "used_kb": "0"}
    assert journal.VACUUM.verify.held(before, smaller, {})
    assert not journal.VACUUM.verify.held(before, before, {})
    assert journal.VACUUM.bars(HOST, gone, {}) == "no journal is kept on this host"
    assert journal.VACUUM.bars(HOST, before, {}) == ""
    with pytest.raises(Malformed):
        journal.read(HOST, 0, b"all:\n")
    for keep, option in (("500M", "--vacuum-size=500M"), ("7d", "--vacuum-time=7d")):
        rotate, vacuum = journal.VACUUM.steps(HOST, before, {"keep": keep})
        assert rotate.argv == ("journalctl", "--rotate")
        assert vacuum.argv == ("journalctl", option)


def test_a_file_system_is_known_by_where_it_is_mounted() -> None:
    head = b"Filesystem     1024-blocks  Used Available Capacity Mounted on\n"
    disk = Thing("web-1", (("mount", "/srv/big disk"),), Clean("/srv/big disk"))
    found = growth.read(disk, 0, head + b"/dev/sdb1 2000 1900 100 95% /srv/big disk\n")
    assert (found["used_percent"], found["available_kb"]) == ("95%", "100")
    for status, out in ((0, b"/dev/sda1 1 1 1 9% /\n"), (1, b"df: no such file\n"), (0, b"")):
        with pytest.raises(Gone):
            growth.read(disk, status, head + out)
    (step,) = growth.FIND.steps(disk, found, {})
    assert (step.argv[-2], step.root) == ("/srv/big disk", False)
    assert growth.FIND.fits({"state": Clean("ok")})
    assert not growth.FIND.fits({"state": Clean("no answer in 3 s")})


def test_a_host_that_is_busy_is_not_rebooted() -> None:
    found = reboot.read(HOST, 0, REBOOT)
    assert (found["state"], found["users"]) == ("degraded", "1")
    assert "nightly copy" in reboot.REBOOT.bars(HOST, found, {})
    delay = reboot.read(HOST, 0, REBOOT.replace(b"copy block", b"copy delay"))
    idle = reboot.read(HOST, 0, REBOOT.replace(b"shutdown", b"idle"))
    assert reboot.REBOOT.bars(HOST, delay, {}) == reboot.REBOOT.bars(HOST, idle, {}) == ""
    assert "1 logged in" in reboot.REBOOT.effect(HOST, found, {})
    bare = reboot.read(HOST, 0, b"boot:x\n")
    assert "systemd does not run there" in reboot.REBOOT.bars(HOST, bare, {})
    with pytest.raises(Malformed):
        reboot.read(HOST, 127, b"sh: not found\n")


def test_a_host_is_back_with_another_boot_when_all_of_it_has_started() -> None:
    before = reboot.read(HOST, 0, REBOOT)
    verify = reboot.REBOOT.verify
    assert verify.away
    assert verify.within_s == 600
    for boot, state, back in (
        ("new", "running", True),
        ("new", "degraded", True),
        ("new", "starting", False),
        ("new", "stopping", False),
        (before["boot"], "running", False),
    ):
        assert verify.held(before, {**before, "boot": boot, "state": state}, {}) is back
    assert not verify.held(before, None, {})
