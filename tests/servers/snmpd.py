"""A real Net-SNMP agent on addresses of its own, with users of all kinds, ended by pid."""

import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from tests.servers.port import PORT

_ADDRESSES = (f"127.67.{a}.{b}" for a, b in itertools.product(range(20, 200), range(1, 250)))

AUTH, PRIV = "authpass123", "privpass123"
USERS = {
    "md5des": ("MD5", "DES"), "shaaes": ("SHA", "AES"), "sha224aes192": ("SHA-224", "AES-192"),
    "sha256aes192c": ("SHA-256", "AES-192-C"), "sha384aes256": ("SHA-384", "AES-256"),
    "sha512aes256": ("SHA-512", "AES-256"), "shaaes256c": ("SHA", "AES-256-C"),
}  # fmt: skip
"""Users by what they come with, as this console names it too; `plain` and `signed` have less."""


def program() -> str:
    """Where snmpd is; skips the test when it is not."""
    found = shutil.which("snmpd") or shutil.which("snmpd", path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip("snmpd is not installed")
    return found


def addresses(count: int) -> list[str]:
    """So many that nobody else has."""
    return list(itertools.islice(_ADDRESSES, count))


def _lines(places: Sequence[str]) -> list[Sequence[str]]:
    """In lines that it can read; in all it takes some hundred addresses."""
    return [places[at : at + 25] for at in range(0, len(places), 25)]


def config(places: Sequence[str], port: int) -> str:
    """Everybody reads; one community writes; each user at its own level."""
    lines = [
        *(
            "agentAddress " + ",".join(f"{place}:{port}" for place in some)
            for some in _lines(places)
        ),
        "rocommunity public 127.0.0.0/8",
        "rwcommunity private 127.0.0.0/8",
        "sysName agent",
        "createUser plain",
        f'createUser signed SHA-256 "{AUTH}"',
        "rouser plain noauth",
        "rouser signed auth",
    ]
    for name, (auth, priv) in USERS.items():
        lines += [f'createUser {name} {auth} "{AUTH}" {priv} "{PRIV}"', f"rouser {name} authpriv"]
    return "\n".join(lines) + "\n"


class Agent:
    """One snmpd; it can be ended, and come back at the same address with another boot."""

    def __init__(self, folder: Path, places: Sequence[str] = ()) -> None:
        self._program = program()
        self.places = list(places) or addresses(1)
        self.address, self.port = self.places[0], PORT
        self.folder = folder / self.address
        self.folder.mkdir()
        self._config = self.folder / "agent.conf"  # snmpd writes a snmpd.conf of its own
        self._config.write_text(config(self.places, self.port))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers."""
        state = {"SNMP_PERSISTENT_DIR": str(self.folder), "PATH": os.environ["PATH"], "MIBS": ""}
        argv = [self._program, "-f", "-Le", "-C", "-c", str(self._config)]
        argv += ["-p", str(self.folder / "pid"), "-I", "-smux"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(argv, env=state, stdout=log, stderr=log)
        until = time.monotonic() + 30
        while time.monotonic() < until and self._process.poll() is None:
            if self._answers():
                return
        raise AssertionError(f"it does not answer: {(self.folder / 'log').read_text()[-2000:]}")

    def _answers(self) -> bool:
        """Whether it says how long it is up, to a question that stands here byte for byte."""
        asked = bytes.fromhex(
            "302602010104067075626c6963a019020101020100020100300e300c06082b060102010103000500"
        )
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.2)
            try:
                probe.sendto(asked, (self.address, self.port))
                return bool(probe.recv(4096))
            except OSError:
                time.sleep(0.05)
                return False

    def stop(self) -> None:
        """End it, so that it notes its boots."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None


@contextlib.contextmanager
def agent(folder: Path, places: Sequence[str] = ()) -> Generator[Agent, None, None]:
    """One that answers."""
    one = Agent(folder, places)
    try:
        one.start()
        yield one
    finally:
        one.stop()
