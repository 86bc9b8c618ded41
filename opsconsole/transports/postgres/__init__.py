"""PostgreSQL servers: one connection each, all statements of a question in one round trip.

psycopg is imported when the first target is opened: the console itself never pays for it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Script
from opsconsole.spec import Kind, Setting

if TYPE_CHECKING:
    from opsconsole.transports.postgres.pool import Pool

SETTINGS = (
    Setting("address", Kind.TEXT, "its host name or address"),
    Setting("port", Kind.WHOLE, "its port, 5432 unless said", low=1, high=65535),
    Setting("socket", Kind.PATH, "folder of its Unix socket, instead of an address"),
    Setting(
        "service",
        Kind.TEXT,
        "a service of pg_service.conf, which says what is not said here",
        "a section's name of pg_service.conf",
        r"[^\s\[\]]{1,63}",
    ),
    Setting("database", Kind.TEXT, "the database whose tables are shown; `postgres` unless said"),
    Setting("user", Kind.TEXT, "the role; the name of your account unless said"),
    Setting("password", Kind.SECRET, "its password; without one, .pgpass is asked"),
    Setting("passfile", Kind.PATH, "a file of passwords, instead of ~/.pgpass"),
    Setting(
        "sslmode",
        Kind.TEXT,
        "how TLS is used; `verify-full` with a `ca`, else `prefer`",
        "disable, allow, prefer, require, verify-ca or verify-full",
        "disable|allow|prefer|require|verify-ca|verify-full",
    ),
    Setting("ca", Kind.PATH, "certificates of the authorities to trust, instead of the system's"),
    Setting("cert", Kind.PATH, "our own certificate, with those between it and its authority"),
    Setting("key", Kind.PATH, "its private key, unless that stands in the same file"),
)


class PostgresTransport:
    """Asks PostgreSQL servers; see `question.Statement` for what, `SETTINGS` for how."""

    name = "postgres"

    def __init__(self) -> None:
        self._pool: Pool | None = None

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,  # noqa: ARG002 - nothing is pushed
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Connect, so that a server that is not there is told as such; raises a `TargetError`."""
        if isinstance(script, str):
            what = f"{target.id}: has a sampler for a shell, and no shell answers SQL"
            raise Unsupported(what, "name another transport for it in the estate")
        return await self._ready(target).open(target, script, deliver)

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Run one statement: its text, then its parameters ($1, $2, …), bound by the server.

        Over a connection of its own; `heard` gets notices, rows with a tab between values, and an
        error's words. Returns 0, or 1 for an error. See `ports.Doer`. With the bare word `EXPLAIN`,
        then database, role (or ""), search_path (or "") and a statement, the plan of that is told;
        it is not run, whatever stands in it.
        """
        return await self._ready(target).run(target, argv, heard)

    def _ready(self, target: Target) -> "Pool":
        if self._pool is None:
            try:
                from opsconsole.transports.postgres.pool import Pool
            except ImportError as error:
                what = f"{target.id}: the PostgreSQL library is not usable: {error}"
                raise Unsupported(what, "pip install 'psycopg[binary]>=3.2'") from error
            self._pool = Pool()
        return self._pool

    async def close(self) -> None:
        """End all sessions."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


TRANSPORT = PostgresTransport
