"""MySQL and MariaDB servers: one connection each that only reads, and statements as data.

aiomysql is imported when the first target is opened: the console itself never pays for it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Script
from opsconsole.spec import Kind, Setting
from opsconsole.transports.http import SETTINGS as _HTTP

if TYPE_CHECKING:
    from opsconsole.transports.mysql.pool import Pool

_SHARED = {
    setting.key: setting
    for setting in _HTTP
    if setting.key in {"user", "password", "ca", "cert", "key", "insecure"}
}
"""Keys that mean the same to several transports are one object."""

SETTINGS = (
    Setting("address", Kind.TEXT, "host name or address; the name of the target without one"),
    Setting("port", Kind.WHOLE, "3306 unless said", low=1, high=65535),
    Setting("socket", Kind.PATH, "a Unix socket on this machine, instead of address and port"),
    *_SHARED.values(),
    Setting("database", Kind.TEXT, "the database to connect to, where one must be named"),
    Setting("tls", Kind.FLAG, "true demands TLS; `ca`, `cert` and `insecure` demand it as well"),
    Setting(
        "option_file",
        Kind.PATH,
        "a file such as ~/.my.cnf, whose [client] names user and password",
    ),
)


class MysqlTransport:
    """Asks servers by SQL; see `question.Statement` for what, `SETTINGS` for how."""

    name = "mysql"

    def __init__(self) -> None:
        self._pool: Pool | None = None

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,  # noqa: ARG002 - nothing is pushed
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Connect and sign in; the session asks over that one connection."""
        if isinstance(script, str):
            what = f"{target.id}: has a sampler for a shell, and no shell answers SQL"
            raise Unsupported(what, "name another transport for it in the estate")
        return await self._ready(target).open(target, script, deliver)

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Run one statement with its parameters over a connection of its own; returns 0, or 1 when
        the server refused it. `heard` gets each row as a line of JSON by column, or the refusal.
        See `ports.Doer`.
        """
        return await self._ready(target).call(target, argv, heard)

    def _ready(self, target: Target) -> "Pool":
        if self._pool is None:
            try:
                from opsconsole.transports.mysql.pool import Pool
            except ImportError as error:
                what = f"{target.id}: the MySQL library is not usable: {error}"
                raise Unsupported(what, "pip install 'opsconsole[mysql]'") from error
            self._pool = Pool()
        return self._pool

    async def close(self) -> None:
        """End all sessions."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


TRANSPORT = MysqlTransport
