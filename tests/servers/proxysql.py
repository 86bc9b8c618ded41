"""A stand-in for the admin interface of ProxySQL: SQLite behind MySQL's protocol, as the real one.

Simulated: no ProxySQL can be installed here. It checks passwords, keeps the tables of statistics
apart from those of administrators, answers every cell as text, takes any `SET`, and knows what
`LOAD MYSQL SERVERS` and `SAVE MYSQL SERVERS` do, as the manual and the source of 2.x have it.
What backends do to its figures, a test writes into its tables.
"""

import asyncio
import contextlib
import hashlib
import sqlite3
import struct
from collections.abc import AsyncGenerator, Iterable, Sequence
from pathlib import Path

from opsconsole.model import Target
from opsconsole.secret import Secret

ADDRESS = "127.77.6.1"
PASSWORD = "horse-battery"
VERSION = "2.5.5-10-g195bd70"
SALT = b"a salt of 20 letters"
_FLAGS = 0x80000 | 0x200 | 0x8000 | 0x8
"""PLUGIN_AUTH, PROTOCOL_41, SECURE_CONNECTION, CONNECT_WITH_DB."""

_SERVERS = (
    "hostgroup_id INT, hostname TEXT, port INT, gtid_port INT DEFAULT 0,"
    " status TEXT DEFAULT 'ONLINE', weight INT DEFAULT 1, compression INT DEFAULT 0,"
    " max_connections INT DEFAULT 1000, max_replication_lag INT DEFAULT 0, use_ssl INT DEFAULT 0,"
    " max_latency_ms INT DEFAULT 0, comment TEXT DEFAULT '',"
    " PRIMARY KEY (hostgroup_id, hostname, port)"
)
_GROUPS = "writer_hostgroup INT PRIMARY KEY, reader_hostgroup INT, comment TEXT DEFAULT ''"
_MAIN = {
    "mysql_servers": _SERVERS,
    "mysql_replication_hostgroups": _GROUPS,
    "mysql_group_replication_hostgroups": _GROUPS,
    "mysql_galera_hostgroups": _GROUPS,
}
_ADMIN = {
    **_MAIN,
    **{f"runtime_{name}": columns for name, columns in _MAIN.items()},
    "runtime_mysql_query_rules": "rule_id INTEGER PRIMARY KEY, active INT, username TEXT,"
    " schemaname TEXT, digest TEXT, match_digest TEXT, match_pattern TEXT,"
    " destination_hostgroup INT, cache_ttl INT, apply INT, comment TEXT",
    "runtime_global_variables": "variable_name TEXT PRIMARY KEY, variable_value TEXT",
}
_STATS = {
    "stats_mysql_global": "Variable_Name TEXT PRIMARY KEY, Variable_Value TEXT",
    "stats_mysql_connection_pool": "hostgroup INT, srv_host TEXT, srv_port INT, status TEXT,"
    " ConnUsed INT, ConnFree INT, ConnOK INT, ConnERR INT, MaxConnUsed INT, Queries INT,"
    " Queries_GTID_sync INT, Bytes_data_sent INT, Bytes_data_recv INT, Latency_us INT",
    "stats_mysql_query_rules": "rule_id INT PRIMARY KEY, hits INT",
    "stats_mysql_commands_counters": "Command TEXT PRIMARY KEY, Total_Time_us INT, Total_cnt INT,"
    " cnt_100us INT, cnt_500us INT, cnt_1ms INT, cnt_5ms INT, cnt_10ms INT, cnt_50ms INT,"
    " cnt_100ms INT, cnt_500ms INT, cnt_1s INT, cnt_5s INT, cnt_10s INT, cnt_INFs INT",
    "stats_mysql_errors": "hostgroup INT, hostname TEXT, port INT, username TEXT,"
    " client_address TEXT, schemaname TEXT, errno INT, count_star INT, first_seen INT,"
    " last_seen INT, last_error TEXT",
    "stats_mysql_query_digest": "hostgroup INT, schemaname TEXT, username TEXT,"
    " client_address TEXT, digest TEXT, digest_text TEXT, count_star INT, first_seen INT,"
    " last_seen INT, sum_time INT, min_time INT, max_time INT, sum_rows_affected INT,"
    " sum_rows_sent INT",
}


class ProxySql:
    """One of them; `stats` may read statistics, `admin` everything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.heard: list[str] = []
        """Statements, as they came."""
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._stats = sqlite3.connect(folder / "stats.db", isolation_level=None)
        self._admin = sqlite3.connect(folder / "admin.db", isolation_level=None)
        for file, tables in ((self._stats, _STATS), (self._admin, _ADMIN)):
            file.execute("PRAGMA synchronous = OFF")
            file.execute("PRAGMA journal_mode = MEMORY")
            for name, columns in tables.items():
                file.execute(f"CREATE TABLE {name} ({columns})")
        self._admin.execute("ATTACH DATABASE ? AS stats", (str(folder / "stats.db"),))
        self._admin.execute("PRAGMA stats.synchronous = OFF")

    def do(self, *statements: str) -> None:
        """What happens behind its back."""
        for statement in statements:
            self._admin.execute(statement)

    def server(self, hostgroup: int, host: str, status: str = "ONLINE", most: int = 100) -> None:
        """A server that is configured, runs, and has four connections of which three are used."""
        for name in ("mysql_servers", "runtime_mysql_servers"):
            self.do(
                f"INSERT INTO {name} (hostgroup_id, hostname, port, status, max_connections)"
                f" VALUES ({hostgroup}, '{host}', 3306, '{status}', {most})"
            )
        self.do(
            "INSERT INTO stats_mysql_connection_pool VALUES"
            f" ({hostgroup}, '{host}', 3306, '{status}', 3, 1, 10, 0, 3, 500, 0, 1000, 2000, 250)"
        )

    def target(self, user: str = "admin", password: str = PASSWORD) -> Target:
        """As an estate would name it."""
        path = self._folder / "password"
        path.write_text(password)
        path.chmod(0o600)
        given = {"password": Secret("file", (str(path),))}
        return Target(
            "proxy", "proxysql", "mysql", ADDRESS, self.port, user, {"env": "test"}, settings=given
        )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _Talk(self, reader, writer).run()
        writer.close()
        self._tasks.discard(task)

    def ask(self, user: str, sql: str) -> tuple[list[str], list[Sequence[object]]]:
        """Names and rows of a statement, none for one that answers nothing."""
        self.heard.append(sql)
        words = sql.upper().split()
        if words[:1] == ["SET"]:
            return [], []
        if sql.upper().startswith("SELECT @@VERSION"):
            return ["@@version"], [(VERSION,)]
        if words[1:3] == ["MYSQL", "SERVERS"] and words[0] in {"LOAD", "SAVE"}:
            self._copy(words[0] == "LOAD")
            return [], []
        found = (self._admin if user == "admin" else self._stats).execute(sql)
        return [one[0] for one in found.description or ()], found.fetchall()

    def _copy(self, load: bool) -> None:
        for name in _MAIN:
            source, sink = (name, f"runtime_{name}") if load else (f"runtime_{name}", name)
            self.do(f"DELETE FROM {sink}", f"INSERT INTO {sink} SELECT * FROM {source}")
        self.do(
            "UPDATE stats_mysql_connection_pool SET status = (SELECT s.status FROM"
            " runtime_mysql_servers s WHERE hostgroup_id = hostgroup AND hostname = srv_host)"
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Answer within the context."""
        server = await asyncio.start_server(self._serve, ADDRESS, 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            try:
                yield
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                self._admin.close()
                self._stats.close()


class _Talk:
    """One connection to it."""

    def __init__(
        self, server: ProxySql, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._next = 0

    async def run(self) -> None:
        flags = struct.pack("<I", _FLAGS)
        greeting = b"\x0a5.5.30\0" + struct.pack("<I", 7) + SALT[:8] + b"\0" + flags[:2]
        greeting += b"\x2d\x02\x00" + flags[2:] + b"\x15" + bytes(10) + SALT[8:] + b"\0"
        self._send(greeting + b"mysql_native_password\0")
        user, _, rest = (await self._take())[32:].partition(b"\0")
        if user not in {b"admin", b"stats"} or rest[1 : 1 + rest[0]] != _scramble(PASSWORD):
            self._error(1045, "ProxySQL Error: Access denied for user")
            return
        self._ok()
        while (packet := await self._take())[0] != 1:  # COM_QUIT
            self._answer(user.decode(), packet[1:].decode())

    def _answer(self, user: str, sql: str) -> None:
        try:
            names, rows = self._server.ask(user, sql)
        except sqlite3.Error as error:
            self._error(1045, f"ProxySQL Admin Error: {error}")
            return
        if names:
            self._rows(names, rows)
        else:
            self._ok()

    def _rows(self, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        self._send(bytes([len(names)]))
        for name in map(_text, names):
            self._send(b"\x03def" + b"\0\0\0" + name * 2 + b"\x0c\x21\0\xff\0\0\0\xfd" + bytes(5))
        self._send(b"\xfe\0\0\x02\0")
        for row in rows:
            self._send(b"".join(_text(cell) for cell in row))
        self._send(b"\xfe\0\0\x02\0")

    def _ok(self) -> None:
        self._send(b"\x00\x00\x00\x02\x00\x00\x00")

    def _error(self, code: int, text: str) -> None:
        self._send(b"\xff" + struct.pack("<H", code) + b"#28000" + text.encode())

    def _send(self, body: bytes) -> None:
        self._writer.write(struct.pack("<I", len(body))[:3] + bytes([self._next % 256]) + body)
        self._next += 1

    async def _take(self) -> bytes:
        head = await self._reader.readexactly(4)
        self._next = head[3] + 1
        return await self._reader.readexactly(head[0] + (head[1] << 8) + (head[2] << 16))


def _text(cell: object) -> bytes:
    """A cell as the protocol writes it: its length, its text."""
    if cell is None:
        return b"\xfb"
    data = str(cell).encode()
    size = len(data)
    return (bytes([size]) if size < 251 else b"\xfc" + struct.pack("<H", size)) + data


def _scramble(password: str) -> bytes:
    """What `mysql_native_password` sends of a password."""
    once = hashlib.sha1(password.encode()).digest()
    mixed = hashlib.sha1(SALT + hashlib.sha1(once).digest()).digest()
    return bytes(one ^ other for one, other in zip(once, mixed, strict=True))
