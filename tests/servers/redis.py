"""Real Redis servers, sentinels and clusters, each on an address of its own, ended by pid."""

import contextlib
import itertools
import shutil
import signal
import subprocess
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from tests.servers.port import PORT

_ADDRESSES = (f"127.66.{a}.{b}" for a, b in itertools.product(range(20, 200), range(1, 250)))


def program(name: str) -> str:
    """Where it is; skips the test when it is not."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


class Server:
    """One server; it can be killed and come back at the same address."""

    def __init__(self, folder: Path, *flags: str, sentinel: str = "") -> None:
        """`sentinel` is the text of its file, for one that watches others."""
        self.address = next(_ADDRESSES)
        self.port = PORT
        self.folder = folder / self.address
        self.folder.mkdir()
        common = ("--port", str(PORT), "--bind", self.address, "--dir", str(self.folder))
        name = "redis-sentinel" if sentinel else "redis-server"
        self._argv: tuple[str, ...] = (program(name),)
        if sentinel:
            config = self.folder / "sentinel.conf"
            config.write_text(f"sentinel announce-ip {self.address}\n{sentinel}")
            self._argv += (str(config), *common, "--protected-mode", "no")
        else:
            announced = ("--replica-announce-ip", self.address)
            self._argv += (*common, "--save", "", *announced, *flags)
        self._login: tuple[str, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None

    def flags(self, *more: str) -> None:
        """Add to its flags, before it starts."""
        self._argv += more

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self) -> None:
        """Start it, and do not wait."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._argv, stdout=log, stderr=log)

    def start(self, login: Sequence[str] = ()) -> None:
        """Return when it answers; `login` are the words of redis-cli that let one in."""
        self._login = tuple(login)
        self.launch()
        until = time.monotonic() + 60
        while time.monotonic() < until and self._process and self._process.poll() is None:
            with contextlib.suppress(AssertionError):
                self.say("PING")
                return
            time.sleep(0.05)
        raise AssertionError(f"it does not answer: {(self.folder / 'log').read_text()[-2000:]}")

    def say(self, *words: str) -> str:
        """Have redis-cli say it; AssertionError with its words when that is refused."""
        where = ("-h", self.address, "-p", str(self.port), *self._login)
        argv = (program("redis-cli"), "-e", *where, *words)
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def info(self, name: str) -> str:
        """One field of INFO."""
        lines = self.say("INFO", "all").splitlines()
        return next(line.partition(":")[2] for line in lines if line.startswith(f"{name}:"))

    def until(self, name: str, value: str) -> None:
        """Wait until a field of INFO is that."""
        until = time.monotonic() + 60
        while self.info(name) != value:
            if time.monotonic() > until:
                raise AssertionError(f"{name} is {self.info(name)}, not {value}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it, as a crash does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def server(folder: Path, *flags: str, login: Sequence[str] = ()) -> Generator[Server, None, None]:
    """A server without persistence, for everybody unless its flags say otherwise."""
    one = Server(folder, *(flags or ("--protected-mode", "no")))
    try:
        one.start(login)
        yield one
    finally:
        one.kill()


@contextlib.contextmanager
def replicated(folder: Path) -> Generator[tuple[Server, Server], None, None]:
    """A primary, and a replica that has all of it."""
    with server(folder, "--protected-mode", "no", "--repl-diskless-sync-delay", "0") as primary:
        source = ("--replicaof", primary.address, str(primary.port))
        with server(folder, "--protected-mode", "no", *source) as replica:
            replica.until("master_link_status", "up")
            yield primary, replica


@contextlib.contextmanager
def sentinel(folder: Path, primary: Server, quorum: int = 1) -> Generator[Server, None, None]:
    """A sentinel that watches a primary as `mymaster`, and knows its replicas."""
    watched = f"sentinel monitor mymaster {primary.address} {primary.port} {quorum}\n"
    one = Server(folder, sentinel=f"{watched}sentinel down-after-milliseconds mymaster 1000\n")
    try:
        one.start()
        yield one
    finally:
        one.kill()


@contextlib.contextmanager
def cluster(folder: Path, size: int = 3) -> Generator[list[Server], None, None]:
    """A cluster of primaries that own all slots between them."""
    with contextlib.ExitStack() as stack:
        nodes: list[Server] = []
        for _ in range(size):
            one = Server(folder, "--protected-mode", "no", "--cluster-enabled", "yes",
                         "--cluster-node-timeout", "1000")  # fmt: skip
            stack.callback(one.kill)
            one.start()
            one.say("CONFIG", "SET", "cluster-announce-ip", one.address)
            nodes.append(one)
        step = 16384 // size
        for at, one in enumerate(nodes):
            last = 16383 if at == size - 1 else (at + 1) * step - 1
            one.say("CLUSTER", "ADDSLOTSRANGE", str(at * step), str(last))
            one.say("CLUSTER", "SET-CONFIG-EPOCH", str(at + 1))
        for other in nodes[1:]:
            nodes[0].say("CLUSTER", "MEET", other.address, str(other.port))
        until = time.monotonic() + 60
        while any("cluster_state:ok" not in one.say("CLUSTER", "INFO") for one in nodes):
            if time.monotonic() > until:
                raise AssertionError(nodes[0].say("CLUSTER", "NODES"))
            time.sleep(0.05)
        yield nodes
