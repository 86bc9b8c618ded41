"""Real sshd on loopback addresses, with keys, certificates and known hosts of their own."""

import getpass
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from opsconsole.model import Target
from tests.servers.port import PORT

PROGRAMS = {"sshd": "/usr/sbin/sshd", "ssh-keygen": "ssh-keygen"}


@dataclass
class Sshd:
    """One running sshd; every 127.x.y.z is ours without configuration."""

    name: str
    address: str
    folder: Path
    options: dict[str, str]
    port: int = PORT
    process: subprocess.Popen[bytes] | None = None
    lines: list[str] = field(default_factory=list[str])

    def start(self) -> None:
        """Start and wait until it listens."""
        config = self.folder / "sshd_config"
        config.write_text("".join(f"{key} {value}\n" for key, value in self.options.items()))
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAMS["sshd"], "-D", "-e", "-f", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        # It writes its pid when it listens. That somebody takes connections would say too little.
        while not self._pid_file.exists() or not self._pid_file.read_text().strip():
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.stop()
                raise RuntimeError(f"{self.name} does not listen:\n{self.log()}")
            time.sleep(0.02)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "pid"

    def log(self) -> str:
        """What it wrote so far."""
        return (self.folder / "log").read_text(errors="replace")

    def children(self) -> list[int]:
        """Pids below it: sshd's own per connection, shells and what they run."""
        assert self.process is not None
        return descendants(self.process.pid)

    def stop(self) -> None:
        """End it with all its connections."""
        if self.process is None:
            return
        for pid in [self.process.pid, *self.children()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(60)
        self.process = None
        self._pid_file.unlink(missing_ok=True)


class Site:
    """A folder with an operator's keys, two authorities, and the hosts they reach."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = getpass.getuser()
        self.hosts: list[Sshd] = []
        self.identity = self.key("id_ops")
        self.user_ca = self.key("user_ca")
        self.host_ca = self.key("host_ca")
        self.known_hosts = folder / "known_hosts"
        self.known_hosts.touch()

    def key(self, name: str, kind: str = "ed25519") -> Path:
        """Make a key pair; returns the private file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        keygen("-t", kind, "-N", "", "-C", name, "-f", str(path))
        return path

    def host(self, name: str, address: str, *, known: bool = True, **options: str) -> Sshd:
        """Start an sshd that accepts `identity` and certificates of `user_ca`."""
        folder = self.folder / name
        key = self.key(f"{name}/host_key")
        accepted = folder / "authorized_keys"
        accepted.write_text(public(self.identity) + "\n")
        lines = {
            "ListenAddress": f"{address}:{PORT}",
            "HostKey": str(key),
            "PidFile": str(folder / "pid"),
            "AuthorizedKeysFile": str(accepted),
            "TrustedUserCAKeys": f"{self.user_ca}.pub",
            "PermitRootLogin": "yes",
            "UsePAM": "no",
            "StrictModes": "no",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "UseDNS": "no",
            "MaxStartups": "2000",
            "MaxSessions": "200",
            # bash runs ~/.bashrc for sshd's commands only at the first level: not the tester's.
            "SetEnv": "SHLVL=3",
            **options,
        }
        host = Sshd(name, address, folder, lines)
        host.start()
        self.hosts.append(host)
        if known:
            self.trust(host)
        return host

    def trust(self, host: Sshd) -> None:
        """Write the host's key into known_hosts."""
        with self.known_hosts.open("a") as file:
            file.write(f"[{host.address}]:{host.port} {public(host.folder / 'host_key')}\n")

    def rekey(self, host: Sshd, kind: str = "ed25519") -> None:
        """Restart a host with another key."""
        host.stop()
        for name in ("host_key", "host_key.pub"):
            (host.folder / name).unlink()
        self.key(f"{host.name}/host_key", kind)
        host.start()

    def certify(self, host: Sshd, *arguments: str, principals: str = "") -> None:
        """Sign the host's key by `host_ca`; the host must be restarted to show it."""
        names = principals or f"{host.name},{host.address}"
        key = host.folder / "host_key.pub"
        keygen("-s", str(self.host_ca), "-I", host.name, "-h", "-n", names, *arguments, str(key))
        host.options["HostCertificate"] = str(host.folder / "host_key-cert.pub")

    def target(self, host: Sshd, **settings: object) -> Target:
        """A target that reaches the host with the site's identity and known hosts."""
        mine = {"identity": str(self.identity), "known_hosts": str(self.known_hosts)}
        return Target(
            id=host.name,
            kind="host",
            transport="ssh",
            address=host.address,
            port=host.port,
            user=self.user,
            settings={**mine, **settings},
        )

    def hop(self, host: Sshd) -> str:
        """The host as a jump setting names it."""
        return f"{self.user}@{host.address}:{host.port}"

    def stop(self) -> None:
        """Stop all hosts."""
        for host in self.hosts:
            host.stop()


def keygen(*arguments: str) -> None:
    """Run ssh-keygen."""
    subprocess.run(["ssh-keygen", "-q", *arguments], check=True, stdin=subprocess.DEVNULL)


def public(private: Path) -> str:
    """Key type and base64 of a key pair."""
    return " ".join(Path(f"{private}.pub").read_text().split()[:2])


def descendants(pid: int) -> list[int]:
    """Pids below a process, from /proc."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def need(*programs: str) -> None:
    """Skip the test, by name, when a program is missing."""
    for program in programs:
        if shutil.which(PROGRAMS.get(program, program)) is None:
            pytest.skip(f"{program} is not installed")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An empty site; hosts started in it are stopped after the test."""
    need("sshd", "ssh-keygen")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    folder = tmp_path / "site"
    folder.mkdir()
    made = Site(folder)
    try:
        yield made
    finally:
        made.stop()
