"""A real Patroni cluster of three PostgreSQL servers over one etcd, ended by pid."""

import base64
import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from opsconsole.model import Target
from tests.servers import postgres
from tests.servers.port import PORT

_ADDRESSES = (f"127.64.{a}.{b}" for a, b in itertools.product(range(20, 200), range(1, 250)))
SCOPE = "orders"
DCS = {
    "ttl": 20,
    "loop_wait": 1,
    "retry_timeout": 3,
    "maximum_lag_on_failover": 1 << 20,
    "postgresql": {
        "parameters": {"fsync": "off", "shared_buffers": "16MB", "max_connections": 30},
    },
}


class Server:
    """A process of the account that runs PostgreSQL, with a log."""

    def __init__(self, home: Path, name: str) -> None:
        self.name = name
        self.home = home
        self.address = next(_ADDRESSES)
        self.process: subprocess.Popen[bytes] | None = None
        found = shutil.which(self.program)
        if found is None:
            pytest.skip(f"{self.program} is not installed")
        self._program = found

    @property
    def program(self) -> str:
        return "etcd"

    @property
    def log(self) -> str:
        return (self.home / f"{self.name}.log").read_text("utf-8", "replace")

    def argv(self) -> tuple[str, ...]:
        """Its arguments."""
        api, peer = f"http://{self.address}:{PORT}", f"http://{next(_ADDRESSES)}:{PORT}"
        return (
            *("--name", self.name, "--data-dir", str(self.home / self.name)),
            *("--listen-client-urls", api, "--advertise-client-urls", api),
            *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
            *("--initial-cluster", f"{self.name}={peer}", "--unsafe-no-fsync"),
        )

    def start(self) -> None:
        argv = postgres.as_account((self._program, *self.argv()))
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8"}
        with (self.home / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(argv, stdout=log, stderr=log, cwd="/", env=env)

    def signal(self, which: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(which)

    def stop(self) -> None:
        """End it at once, whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(60)
            self.process = None

    def ask(self, method: str, path: str, said: object = None) -> Any:
        """What it answers to a call."""
        data = None if said is None else json.dumps(said).encode()
        url = f"http://{self.address}:{PORT}{path}"
        with urllib.request.urlopen(
            urllib.request.Request(url, data, method=method), timeout=15
        ) as answer:
            return json.load(answer)


class Member(Server):
    """A Patroni with its PostgreSQL, which has an address of its own."""

    def __init__(self, home: Path, name: str, dcs: Server) -> None:
        super().__init__(home, name)
        self.database = next(_ADDRESSES)
        self._dcs = dcs
        self.data = home / f"{name}.data"

    @property
    def program(self) -> str:
        return "patroni"

    def argv(self) -> tuple[str, ...]:
        sockets = self.home / f"{self.name}.sockets"
        subprocess.run(postgres.as_account(("/bin/mkdir", str(sockets))), check=True)
        listen = f"{self.database}:{PORT}"
        config = {
            "scope": SCOPE,
            "name": self.name,
            "restapi": {
                "listen": f"{self.address}:{PORT}",
                "connect_address": f"{self.address}:{PORT}",
            },
            "etcd3": {"hosts": [f"{self._dcs.address}:{PORT}"]},
            "bootstrap": {
                "dcs": DCS,
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "no-sync",
                           {"auth": "trust"}, {"wal-segsize": "1"}],
                "pg_hba": ["local all all trust", "host all all 127.0.0.0/8 trust",
                           "host replication all 127.0.0.0/8 trust"],
            },
            "postgresql": {
                "listen": listen,
                "connect_address": listen,
                "data_dir": str(self.data),
                "bin_dir": str(postgres.programs()),
                "parameters": {"unix_socket_directories": str(sockets), "min_wal_size": "4MB"},
                "authentication": {role: {"username": "ops"}
                                   for role in ("superuser", "replication", "rewind")},
            },
        }  # fmt: skip
        path = self.home / f"{self.name}.yml"
        path.write_text(json.dumps(config))  # which is YAML, too
        return (str(path),)

    def stop(self) -> None:
        """Kill it first, so that it heals nothing, and then its PostgreSQL."""
        super().stop()
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGQUIT)
            until = time.monotonic() + 60
            while _lives(pid) and time.monotonic() < until:
                time.sleep(0.05)

    def target(self) -> Target:
        """It as a target of the estate."""
        return Target("pg", "patroni", "http", labels={"env": "test"},
                      settings={"url": f"http://{self.address}:{PORT}"})  # fmt: skip


def _lives(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


class Cluster:
    """All of them."""

    def __init__(self, home: Path) -> None:
        self.dcs = Server(home, "etcd")
        self.members = {name: Member(home, name, self.dcs) for name in ("n1", "n2", "n3")}

    def start(self) -> None:
        """Return when one leads and two follow."""
        self.dcs.start()
        for member in self.members.values():
            member.start()
        until = time.monotonic() + 150
        while time.monotonic() < until:
            with contextlib.suppress(OSError, KeyError):
                found = self.members["n1"].ask("GET", "/cluster")["members"]
                good = [one["role"] for one in found if one["state"] in {"running", "streaming"}]
                if sorted(good) == ["leader", "replica", "replica"]:
                    return
            time.sleep(0.2)
        said = "\n".join(one.log[-1500:] for one in (self.dcs, *self.members.values()))
        raise AssertionError(f"no cluster: {said}")

    def unlock(self) -> None:
        """Take the leader's lock away, as it goes when the time of one that died is up."""
        key = base64.b64encode(f"/service/{SCOPE}/leader".encode()).decode()
        said = self.dcs.ask("POST", "/v3/kv/deleterange", {"key": key})
        assert said["deleted"] == "1"

    def stop(self) -> None:
        for one in (*self.members.values(), self.dcs):
            one.stop()


@contextlib.contextmanager
def patroni() -> Generator[Cluster, None, None]:
    """A cluster in which one leads and two follow."""
    postgres.programs()
    home = postgres.folder()
    try:
        cluster = Cluster(home)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(home)
