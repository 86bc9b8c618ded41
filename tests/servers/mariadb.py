"""Real MariaDB servers on loopback addresses, each with a data folder of its own, ended by pid."""

import atexit
import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterable
from functools import cache
from pathlib import Path

from opsconsole.model import Target
from opsconsole.secret import Secret
from tests.servers.monitoring import program
from tests.servers.port import PORT

_ADDRESSES = (f"127.83.{a}.{b}" for a, b in itertools.product(range(1, 200), range(1, 250)))

AS_ROOT = os.geteuid() == 0
PASSWORD = "horse-battery"
WATCHES = (
    "GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.* TO {0};"
    " GRANT SELECT ON performance_schema.* TO {0};"
)
ACTS = (
    "GRANT CONNECTION ADMIN, REPLICATION SLAVE ADMIN, SUPER ON *.* TO {0};"
    " GRANT SELECT ON mysql.innodb_table_stats TO {0};"
)
"""What docs/domains/mysql.md says that an account needs."""

SMALL = {
    "innodb-buffer-pool-size": "8M",
    "innodb-log-file-size": "4M",
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-fast-shutdown": "2",
    "key-buffer-size": "1M",
    "aria-pagecache-buffer-size": "1M",
    "performance-schema": "ON",
    "performance-schema-instrument": "wait/lock/metadata/sql/mdl=ON",
    "skip-name-resolve": "ON",
    "log-bin": "bin",
    "sync-binlog": "0",
}


def _owned(folder: Path) -> Path:
    """The server refuses to be root, and must not be one: it becomes the package's own account."""
    folder.chmod(0o755)
    if AS_ROOT:
        shutil.chown(folder, "mysql", "mysql")
    return folder


@cache
def _template() -> Path:
    """An empty data folder, made once for all servers of a run."""
    program("mariadbd")
    room = _owned(Path(tempfile.mkdtemp(prefix="opsconsole-my-")))
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    argv = [
        program("mariadb-install-db"),
        "--no-defaults",
        f"--datadir={room / 'data'}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve",
        *(f"--{key}={SMALL[key]}" for key in ("innodb-buffer-pool-size", "innodb-log-file-size")),
        *(["--user=mysql"] if AS_ROOT else []),
    ]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return room


class MariaDb:
    """One server; it can be stopped, killed, and come back with its data."""

    def __init__(self, name: str = "db", **options: str) -> None:
        self.name = name
        self.address = next(_ADDRESSES)
        self.folder = _owned(Path(tempfile.mkdtemp(prefix="opsconsole-my-")))
        self.options = SMALL | {key.replace("_", "-"): value for key, value in options.items()}
        self._process: subprocess.Popen[bytes] | None = None
        copied = ["cp", "-a", str(_template() / "data"), str(self.folder / "data")]
        subprocess.run(copied, check=True)

    @staticmethod
    def next_address() -> str:
        """One that nobody else has: a cluster talks on an address of its own."""
        return next(_ADDRESSES)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def socket(self) -> Path:
        return self.folder / "socket"

    def start(self) -> None:
        """Return when it answers."""
        argv = [
            program("mariadbd"),
            "--no-defaults",
            *(["--user=mysql"] if AS_ROOT else []),
            f"--datadir={self.folder / 'data'}",
            f"--socket={self.socket}",
            f"--pid-file={self.folder / 'pid'}",
            f"--bind-address={self.address}",
            f"--port={PORT}",
            *(f"--{key}={value}" for key, value in self.options.items()),
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(argv, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + 120
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.sql("SELECT 1")
                return
            time.sleep(0.1)
        raise AssertionError(f"it does not answer: {(self.folder / 'log').read_text()[-2000:]}")

    def sql(self, text: str) -> str:
        """What the superuser is answered, over the socket: a line per row, tabs between."""
        argv = [program("mariadb"), "--no-defaults", "-S", str(self.socket), "-u", "root", "-NB"]
        done = subprocess.run(
            argv, input=text.encode(), capture_output=True, check=True, timeout=60
        )
        return done.stdout.decode()

    def number(self, text: str) -> int:
        return int(self.sql(text))

    def session(self, *statements: str) -> "Client":
        """A client that has said these, and stays."""
        return Client(self, statements)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it, as a crash does."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGCONT)
        self._process.send_signal(number)
        self._process.wait(120)
        self._process = None

    def revive(self) -> None:
        """Start it again if it fell over by itself: then one test fails, and not all behind it.

        MariaDB 10.11.19 was seen to (`ha_maria::drop_table`, of a temporary table).
        """
        if self._process is not None and self._process.poll() is not None:
            self.start()

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def target(self, user: str = "watch", **settings: object) -> Target:
        """As an estate would name it; `watch` is the account that `watched` makes."""
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o600)
        secret = Secret("file", (str(self.folder / "password"),))
        given = {"password": secret} | settings
        return Target(self.name, "mysql", "mysql", self.address, PORT, user, settings=given)


class Client:
    """A program that holds a session, and what it holds by it."""

    def __init__(self, server: MariaDb, statements: Iterable[str]) -> None:
        argv = [program("mariadb"), "--no-defaults", "-nNB", "-S", str(server.socket)]
        self._process = subprocess.Popen(
            [*argv, "-u", "root", "--force"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.say("SELECT CONNECTION_ID()")
        assert self._process.stdout is not None
        self.id = int(self._process.stdout.readline())
        for statement in statements:
            self.say(statement)

    def say(self, statement: str) -> None:
        self.write(f"{statement};\n".encode())

    def write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def heard(self) -> str:
        """The next line of its answers."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode(errors="replace").strip()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextlib.contextmanager
def server(name: str = "db", **options: str) -> Generator[MariaDb, None, None]:
    """A running server with an account that may watch."""
    one = MariaDb(name, **options)
    try:
        one.start()
        for user, grants in (("watch", WATCHES), ("act", WATCHES + ACTS), ("guest", "")):
            made = f"CREATE USER {user} IDENTIFIED BY '{PASSWORD}';"
            one.sql(made + grants.format(user))
        yield one
    finally:
        one.remove()


@contextlib.contextmanager
def clients(*held: Client) -> Generator[None, None, None]:
    """End them all."""
    try:
        yield
    finally:
        for one in held:
            one.close()
