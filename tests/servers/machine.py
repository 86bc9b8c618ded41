"""Real systemd hosts: throw-away containers of one Debian tree, reached by sshd on 127.77.20.x."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.port import PORT

_PACKAGES = "systemd,systemd-sysv,dbus,openssh-server,sudo,procps,iproute2,libpam-systemd"
_MASKED = (
    "systemd-networkd systemd-resolved systemd-udevd console-getty getty@tty1 apt-daily.timer "
    "apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer"
)
_SSHD = """ListenAddress {address}
Port {port}
UsePAM yes
PermitRootLogin prohibit-password
AuthorizedKeysFile /etc/ssh/ops_keys
"""
_FAILING = """[Unit]
Description=Fails [/] at once \\x1b[31m
[Service]
Type=oneshot
ExecStart=/bin/false
"""
_RUNNING = """[Unit]
Description=Sleeps
[Service]
ExecStart=/bin/sleep infinity
"""


@dataclass(frozen=True)
class Machine:
    """One booted host: log in as root with the key it was booted with."""

    address: str
    hostname: str
    port: int = PORT


def missing() -> str:
    """Why no machine can be booted here, or an empty string."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "systemd-nspawn needs root on Linux"
    for program in ("systemd-nspawn", "debootstrap", "ssh-keygen"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    return ""


def tree() -> Path:
    """The Debian tree that all machines share read-only; made once (about a minute), then kept."""
    root = Path(tempfile.gettempdir()) / "opsconsole-test-tree"
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / ".ready").exists():
            shutil.rmtree(root, ignore_errors=True)
            argv = [
                "debootstrap",
                "--variant=minbase",
                f"--include={_PACKAGES}",
                "bookworm",
                str(root),
            ]
            made = subprocess.run(argv, capture_output=True, text=True, check=False)
            if made.returncode:
                raise RuntimeError(f"debootstrap failed: {made.stdout[-500:]}")
            for unit in _MASKED.split():
                subprocess.run(
                    ["systemctl", f"--root={root}", "mask", unit], check=True, capture_output=True
                )
            _furnish(root)
            (root / ".ready").touch()
    return root


def _furnish(root: Path) -> None:
    """One unit that fails at boot, one that runs; no host name: each machine has its own."""
    (root / "etc/hostname").unlink(missing_ok=True)
    units = root / "etc/systemd/system"
    for name, text in (("failing.service", _FAILING), ("app.service", _RUNNING)):
        (units / name).write_text(text)
        wants = units / "multi-user.target.wants"
        wants.mkdir(exist_ok=True)
        (wants / name).symlink_to(Path("/etc/systemd/system") / name)


@contextmanager
def boot(number: int, public_key: Path, folder: Path) -> Generator[Machine]:
    """Boot machine `number` (1..254) with one failed unit; power it off at the end."""
    machine = Machine(f"127.77.20.{number}", f"node{number}")
    config = folder / f"{machine.hostname}.conf"
    config.write_text(_SSHD.format(address=machine.address, port=machine.port))
    argv = [
        *("systemd-nspawn", "-q", "-D", str(tree()), "--volatile=overlay", "--register=no"),
        *("--keep-unit", "-M", f"ops-{os.getpid()}-{number}", f"--hostname={machine.hostname}"),
        *("--link-journal=no", f"--bind-ro={config}:/etc/ssh/sshd_config.d/ops.conf"),
        *(f"--bind-ro={public_key}:/etc/ssh/ops_keys", "-b"),
    ]
    with (folder / f"{machine.hostname}.log").open("wb") as log:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait_for_sshd(machine, process)
        yield machine
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_sshd(machine: Machine, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{machine.hostname} did not boot: exit {process.returncode}")
        try:
            with socket.create_connection((machine.address, machine.port), 1) as peer:
                if peer.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{machine.hostname}: no sshd at {machine.address} within 60 s")


if __name__ == "__main__":
    print(missing() or f"tree ready in {tree().name}")
