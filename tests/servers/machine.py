"""Real systemd hosts: throw-away containers of one Debian tree, reached by sshd on 127.77.20.x."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.port import PORT

_PACKAGES = "systemd,systemd-sysv,dbus,openssh-server,sudo,procps,iproute2,libpam-systemd,chrony"
_MASKED = (
    "systemd-networkd systemd-resolved systemd-udevd console-getty getty@tty1 apt-daily.timer "
    "apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer chrony"
)
_REBOOTED = 133
"""Exit status of a container that asks to be started again."""

ACCOUNTS = ("ops", "guest")
"""Accounts besides root, which log in with the same key; only `ops` may stand in sudoers."""
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
ExecReload=/bin/kill -CONT $MAINPID
"""
_FLAPPING = """[Unit]
Description=Falls over a second after each start
StartLimitIntervalSec=0
[Service]
ExecStart=/bin/sh -c 'sleep 1; exit 1'
Restart=always
RestartSec=100ms
"""
# -x: it disciplines nothing, and keeps what it would do to itself.
_CLOCK = """[Unit]
Description=Follows a clock without touching ours
[Service]
ExecStart=/usr/sbin/chronyd -x -d -u root -f /run/clock.conf
"""
_UNITS = {
    "failing.service": _FAILING,
    "app.service": _RUNNING,
    "spare.service": _RUNNING,
    "flapping.service": _FLAPPING,
    "clock.service": _CLOCK,
}
_STARTED = ("failing.service", "app.service")


@dataclass(frozen=True)
class Machine:
    """One booted host: log in as root or one of `ACCOUNTS` with the key it was booted with."""

    address: str
    hostname: str
    port: int = PORT

    @property
    def known_hosts(self) -> str:
        """The line by which ssh knows it."""
        kind, key = (tree() / "etc/ssh/ssh_host_ed25519_key.pub").read_text().split()[:2]
        return f"[{self.address}]:{self.port} {kind} {key}\n"


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
    holds = zlib.crc32(repr((_PACKAGES, _MASKED, _UNITS, ACCOUNTS)).encode())
    root = Path(tempfile.gettempdir()) / f"opsconsole-test-tree-{holds:08x}"
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
    for name, text in _UNITS.items():
        (units / name).write_text(text)
    wants = units / "multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    for name in _STARTED:
        (wants / name).symlink_to(Path("/etc/systemd/system") / name)
    for account in ACCOUNTS:
        argv = ["useradd", "--root", str(root), "--create-home", "--shell=/bin/bash", account]
        subprocess.run(argv, check=True, capture_output=True)


class _Container:
    """One nspawn, started again as often as what runs in it asks to be rebooted."""

    def __init__(self, argv: list[str], log: Path) -> None:
        self._argv, self._log = argv, log
        self._over = threading.Event()
        self.process = self._start()
        self._keeper = threading.Thread(target=self._keep)
        self._keeper.start()

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(self._argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _keep(self) -> None:
        while self.process.wait() == _REBOOTED and not self._over.is_set():
            self.process = self._start()

    def stop(self) -> None:
        """Power it off."""
        self._over.set()
        self.process.send_signal(signal.SIGTERM)
        self._keeper.join(20)
        if self._keeper.is_alive():
            self.process.kill()
            self._keeper.join()


@contextmanager
def boot(number: int, public_key: Path, folder: Path, sudoers: str = "") -> Generator[Machine]:
    """Boot machine `number` (1..254) with one failed unit; power it off at the end.

    `sudoers` is what stands in a file of its own in /etc/sudoers.d.
    """
    machine = Machine(f"127.77.20.{number}", f"node{number}")
    files = {
        "/etc/ssh/sshd_config.d/ops.conf": _SSHD.format(address=machine.address, port=machine.port),
        "/etc/sudoers.d/ops": sudoers,
        # sudo looks for its own host and complains where it finds none.
        "/etc/hosts": f"127.0.0.1 localhost {machine.hostname}\n",
    }
    binds = [f"--bind-ro={public_key}:/etc/ssh/ops_keys"]
    for place, text in files.items():
        file = folder / f"{machine.hostname}-{Path(place).name}"
        file.write_text(text)
        file.chmod(0o440 if "sudoers" in place else 0o444)
        binds.append(f"--bind-ro={file}:{place}")
    argv = [
        *("systemd-nspawn", "-q", "-D", str(tree()), "--volatile=overlay", "--register=no"),
        *("--keep-unit", "-M", f"ops-{os.getpid()}-{number}", f"--hostname={machine.hostname}"),
        *("--link-journal=no", *binds, "-b"),
    ]
    container = _Container(argv, folder / f"{machine.hostname}.log")
    try:
        _wait_for_sshd(machine, container)
        yield machine
    finally:
        container.stop()


def _wait_for_sshd(machine: Machine, container: _Container) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (status := container.process.poll()) is not None:
            raise RuntimeError(f"{machine.hostname} did not boot: exit {status}")
        try:
            with socket.create_connection((machine.address, machine.port), 1) as peer:
                if peer.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{machine.hostname}: no sshd at {machine.address} within 60 s")


if __name__ == "__main__":
    print(missing() or f"tree ready in {tree().name}")
