"""The sampler on hosts that mean harm or are broken: forged lines, hung tools, missing tools."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from opsconsole.domains.system.host import clock, filesystem, health, process, unit, vitals
from opsconsole.errors import Malformed, Unsupported
from tests.domains.system.host.shells import SHELLS, answers, sampler, script

shells = pytest.mark.parametrize("shell", SHELLS)
# busybox runs its own tools and not those of PATH: nothing can be put in their place there.
shells_with_fake_tools = pytest.mark.parametrize("shell", [s for s in SHELLS if s != "busybox"])

FORGED = "\n--opsconsole processes--\n1/stat:1 (forged) S 0"


def tools(folder: Path, programs: Mapping[str, str]) -> dict[str, str]:
    """A PATH on which these scripts stand before the host's own tools."""
    folder.mkdir(exist_ok=True)
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def asked(
    shell: str, exchange: str, environment: Mapping[str, str], text: bytes | None = None
) -> bytes:
    with sampler(shell, environment=environment, text=text) as running:
        running.until("vitals")
        running.ask(exchange)
        return running.until(exchange)[0]


@shells
def test_a_command_line_can_not_end_an_answer_or_name_another_process(shell: str) -> None:
    mark = "--opsconsole processes--"
    argv = (sys.executable, "-c", "input()", FORGED, mark, "a\nb", "\x1b]0;t\a")
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as mean:
        with sampler(shell) as running:
            running.until("vitals")
            running.ask("processes")
            answer = running.until("processes")[0]
            running.ask("slow")
            running.until("slow")
            assert [name for name, _ in answers(running.asked)] == ["processes", "slow"]
        mean.kill()
    rows = {row[0]: row for row in process.rows(process.read(answer), None)}
    command = str(rows[mean.pid][11])
    assert command.isprintable() or "\ufffd" in command
    assert "\x1b" not in command
    assert "--opsconsole processes--" in command
    assert rows[1][12] != "forged"


@shells
def test_a_process_name_with_newlines_is_one_process(shell: str) -> None:
    libc = ctypes.CDLL(None)
    name = b"x\n1/stat:1 (y\n"
    before = Path("/proc/self/comm").read_bytes().rstrip(b"\n")
    libc.prctl(15, name, 0, 0, 0)  # PR_SET_NAME
    try:
        with sampler(shell) as running:
            running.until("vitals")
            running.ask("processes")
            reading = process.read(running.until("processes")[0])
    finally:
        libc.prctl(15, before, 0, 0, 0)
    names = {one.pid: one.name for one in reading.processes.values()}
    assert names[os.getpid()] == name
    assert names[1] != b"y"


@shells
def test_a_huge_command_line_does_not_make_a_huge_answer(shell: str) -> None:
    argv = (sys.executable, "-c", "input()", "x" * 100_000, "\n" * 20_000)
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as big:
        answer = asked(shell, "processes", {})
        big.kill()
    lines = [line for line in answer.splitlines() if line.startswith(b"%d/cmdline:" % big.pid)]
    assert 0 < len(lines) <= 20
    assert max(map(len, lines)) <= 320


@shells_with_fake_tools
def test_a_hung_df_is_a_state_and_the_rest_is_there(shell: str, tmp_path: Path) -> None:
    if shutil.which("timeout") is None:
        pytest.skip("timeout is not installed")
    answer = asked(shell, "slow", tools(tmp_path / "bin", {"df": "exec sleep 1000"}))
    states = {str(mount.path): mount.state for mount in filesystem.read(answer)}
    assert states["/"] == filesystem.HUNG
    (row,) = health.rows(health.read(answer), None)
    assert row[4] == list(states.values()).count(filesystem.HUNG)
    assert row[8] is not None


@shells_with_fake_tools
def test_only_what_hangs_hangs(shell: str, tmp_path: Path) -> None:
    if shutil.which("timeout") is None:
        pytest.skip("timeout is not installed")
    fake = (
        'case "$*" in *" / "*|*" /"|*" /nas") exec sleep 1000;; *" /gone") exit 1;; esac\n'
        'while [ "$1" != -- ]; do shift; done; shift\n'
        'echo header; for path; do echo "device 10 4 6 40% $path"; done'
    )
    table = tmp_path / "mounts"
    table.write_text(
        "/dev/a / ext4 rw,relatime 0 0\n"
        "nas:/x /nas nfs4 rw 0 0\n"
        "/dev/b /srv xfs ro,relatime 0 0\n"
        "/dev/c /data/a xfs rw,relatime 0 0\n"
        "nas:/y /gone nfs4 rw 0 0\n"
        "evil /a\\012b fuse.evil rw 0 0\n"
        "proc /proc proc rw 0 0\n"
        "sub /var/lib/docker/overlay2/x overlay rw 0 0\n"
        "/dev/a /again ext4 rw 0 0\n"
    )
    text = script().replace(b"/proc/self/mounts", os.fsencode(table))
    answer = asked(shell, "slow", tools(tmp_path / "bin", {"df": fake}), text)
    mounts = filesystem.read(answer)
    assert {str(mount.path): (mount.state, mount.used_percent) for mount in mounts} == {
        "/": (filesystem.HUNG, None),
        "/nas": (filesystem.HUNG, None),
        "/srv": (filesystem.READ_ONLY, 40),
        "/data/a": (filesystem.OK, 40),
        "/gone": ("df failed", None),
        "/a\ufffdb": ("not asked", None),
    }


@shells_with_fake_tools
def test_names_with_spaces_and_backslashes_are_asked_by_their_name(
    shell: str, tmp_path: Path
) -> None:
    odd = tmp_path / "a b\\c\td"
    odd.mkdir()
    escaped = str(odd).replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011")
    table = tmp_path / "mounts"
    table.write_text(f"x {escaped} ext4 rw 0 0\ny {escaped}\\040 nfs rw 0 0\n")
    text = script().replace(b"/proc/self/mounts", os.fsencode(table))
    # df prints the mount point that the folder is on, so what it was asked for is what counts.
    log = tmp_path / "log"
    environment = tools(tmp_path / "bin", {"df": f'printf "<%s>" "$@" >>"{log}"'})
    asked(shell, "slow", environment, text)
    assert f"<{odd}>" in log.read_text()
    assert f"<{odd} >" in log.read_text()


@shells_with_fake_tools
def test_units_of_a_host_with_systemd(shell: str, tmp_path: Path) -> None:
    listing = "\n".join(
        (
            "backup.service loaded failed failed Nightly\n--opsconsole slow--",
            "flap.service loaded activating auto-restart Falls over",
        )
    )
    fake = (
        f"case $1 in list-units) cat <<'END'\n{listing}\nEND\n;;"
        ' show) while [ "$1" != -- ]; do shift; done; shift\n'
        'for u; do printf "NRestarts=4\\nId=%s\\n\\n" "$u"; done;; esac'
    )
    text = script().replace(b"/run/systemd/system", os.fsencode(tmp_path))
    answer = asked(shell, "slow", tools(tmp_path / "bin", {"systemctl": fake}), text)
    backup, flap = unit.read(answer)
    assert (backup.name, backup.active, backup.restarts) == ("backup.service", "failed", 4)
    assert (flap.name, flap.sub) == ("flap.service", "auto-restart")
    (row,) = health.rows(health.read(answer), None)
    assert row[5] == 1


@shells_with_fake_tools
def test_chrony_is_asked_first(shell: str, tmp_path: Path) -> None:
    line = "C0A80001,10.0.0.1,2,1795477800.1,0.000250,0,0,1.5,0,0,0.001,0.002,64.0,Normal"
    fakes = {
        "chronyc": f"echo {line}",
        "ntpq": "echo leap=00, stratum=9",
    }
    found = clock.read(asked(shell, "slow", tools(tmp_path / "chrony", fakes)))
    assert (found.source, found.offset_ms, found.stratum) == ("chronyc", 0.25, 2)
    fakes["chronyc"] = "echo 506 Cannot talk to daemon; exit 1"
    found = clock.read(asked(shell, "slow", tools(tmp_path / "ntpq", fakes)))
    assert (found.source, found.stratum) == ("ntpq", 9)


@shells_with_fake_tools
def test_a_host_that_is_not_linux_says_so(shell: str, tmp_path: Path) -> None:
    environment = tools(tmp_path / "bin", {"uname": "echo FreeBSD amd64"})
    with sampler(shell, environment=environment) as running:
        pushed = running.until("vitals")[0]
        running.ask("slow")
        slow = running.until("slow")[0]
    with pytest.raises(Unsupported, match="FreeBSD amd64"):
        health.read(slow)
    assert pushed == slow


@shells_with_fake_tools
def test_a_host_without_tools_still_pushes_an_answer_that_says_what_is_wrong(
    shell: str, tmp_path: Path
) -> None:
    environment = tools(tmp_path / "bin", {"grep": "exit 127"})
    with sampler(shell, environment=environment) as running:
        pushed = running.until("vitals", 2)[1]
    with pytest.raises(Malformed, match="neither cpu nor memory"):
        vitals.read(pushed)
