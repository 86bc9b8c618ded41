"""What keeps a real host going: its clock, its journal, its file systems, and a fresh start."""

import fcntl
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole.errors import Refused
from opsconsole.plan import Ended, Tier
from tests.domains.system.host.action.operator import Operator, read
from tests.servers.port import PORT

pytestmark = [pytest.mark.root, pytest.mark.server]
SERVER = """local stratum 8
allow 127.0.0.0/8
port {port}
bindaddress 127.77.20.223
cmdport 0
bindcmdaddress /run/chrony/server.sock
pidfile /run/chrony/server.pid
"""
CLIENT = """server 127.77.20.223 port {port} iburst minpoll {poll} maxpoll {poll}
port 0
pidfile /run/chrony/client.pid
"""


@pytest.fixture(scope="module", autouse=True)
def _alone() -> Generator[None]:
    """Containers share our network, and whoever is not root asks chronyd on its usual port."""
    with (Path(tempfile.gettempdir()) / "opsconsole-test-chronyd.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def follow(operator: Operator, poll: int) -> None:
    """A chronyd that follows another one on the host; neither touches any clock."""
    operator.shell(
        "mkdir -p -m 750 /run/chrony; cat > /run/server.conf", text=SERVER.format(port=PORT)
    )
    operator.shell("cat > /run/clock.conf", text=CLIENT.format(poll=poll, port=PORT))
    operator.shell(
        "systemctl is-active -q clock-source || systemd-run -q --unit=clock-source "
        "/usr/sbin/chronyd -x -d -u root -f /run/server.conf"
    )
    operator.shell("systemctl restart clock.service; chronyc -n waitsync 30 0.1 0 1 >/dev/null")


async def test_the_clock_is_measured_anew(operator: Operator) -> None:
    follow(operator, 10)
    plan = await operator.propose("host.burst-clock", "ops")
    (item,) = read(plan).items
    assert item.steps[0].argv == ("sudo", "-n", "--", "chronyc", "burst", "4/4")
    assert item.facts["reference"] == "127.77.20.223"
    outcome = await operator.approve(plan)
    assert outcome.ended is Ended.VERIFIED, outcome.results
    assert "measured anew" in outcome.results[0].message


async def test_a_clock_that_is_right_is_not_stepped(operator: Operator) -> None:
    follow(operator, 10)
    with pytest.raises(Refused, match="corrects that without a step"):
        await operator.propose("host.step-clock", "ops")


async def test_no_chronyd_is_told(operator: Operator) -> None:
    operator.shell("systemctl", "stop", "clock.service")
    with pytest.raises(Refused, match="chronyd does not answer"):
        await operator.propose("host.burst-clock", "root")


async def test_the_journal_gives_space_back(operator: Operator) -> None:
    # Long lines: each costs the journal some work.
    fill = "head -c 12000000 /dev/urandom | base64 -w 8000 | systemd-cat; journalctl --rotate"
    operator.shell(f"for i in 1 2 3 4 5 6 7 8 9; do {fill}; done; {fill}; journalctl --sync")
    plan = await operator.propose("host.vacuum-journal", "ops", keep="100M")
    assert read(plan).tier is Tier.WITNESS
    (item,) = read(plan).items
    assert [step.argv[3:] for step in item.steps] == [
        ("journalctl", "--rotate"),
        ("journalctl", "--vacuum-size=100M"),
    ]
    assert "system@" in item.preview
    used = int(item.facts["used_kb"])
    outcome = await operator.approve(plan)
    assert used < 100 << 10 or outcome.ended is Ended.VERIFIED, outcome.results
    with pytest.raises(Refused, match="allowed: 100M"):
        await operator.propose("host.vacuum-journal", "ops", keep="1K --file=/etc/shadow")


async def test_what_grew_is_found_and_nothing_else(operator: Operator) -> None:
    operator.shell(
        "mkdir -p '/run/a b/[c]'; head -c 5000000 /dev/zero > '/run/a b/[c]/big log'; "
        "head -c 4000000 /dev/zero > /run/old; touch -d '3 days ago' /run/old"
    )
    outcome = await operator.act("host.find-growth", "guest", (("mount", "/run"),))
    assert outcome.ended is Ended.VERIFIED
    found = "\n".join(operator.output)
    assert "./a b/[c]/big log" in found
    assert "/run/old" not in found
    assert "./old" not in found
    with pytest.raises(Exception, match="no file system is mounted at /nowhere"):
        await operator.propose("host.find-growth", "guest", (("mount", "/nowhere"),))


async def test_a_host_is_rebooted_and_comes_back(operator: Operator) -> None:
    boot = operator.shell("cat", "/proc/sys/kernel/random/boot_id")
    plan = await operator.propose("host.reboot", "ops")
    assert read(plan).tier is Tier.WITNESS
    outcome = await operator.approve(plan)
    assert outcome.ended is Ended.VERIFIED, outcome.results
    assert operator.shell("cat", "/proc/sys/kernel/random/boot_id") != boot
    assert operator.log.kinds == ["arm", "plan", "approval", "intent", "outcome"]


async def test_a_host_that_was_rebooted_meanwhile_is_not_rebooted_again(operator: Operator) -> None:
    first = await operator.propose("host.reboot", "root")
    second = await operator.propose("host.reboot", "root")
    assert (await operator.approve(first)).ended is Ended.VERIFIED
    outcome = await operator.approve(second)
    assert outcome.ended is Ended.REFUSED
    assert "boot was" in outcome.results[0].message
