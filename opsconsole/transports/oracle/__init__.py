"""Oracle databases: one connection each that asks only by SELECT, and statements as data.

Experimental: no Oracle server could be had, so that only failures were tried against real sockets.
python-oracledb (thin: no client of Oracle's) is imported when the first target is opened.
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
    from opsconsole.transports.oracle.pool import Pool

_SHARED = {
    setting.key: setting
    for setting in _HTTP
    if setting.key in {"user", "password", "ca", "cert", "key", "insecure"}
}
"""Keys that mean the same to several transports are one object."""

SETTINGS = (
    Setting("address", Kind.TEXT, "host name or address; the name of the target without one"),
    Setting("port", Kind.WHOLE, "1521 unless said; TLS usually has 2484", low=1, high=65535),
    Setting(
        "service_name",
        Kind.TEXT,
        "the service to connect to; `lsnrctl services` lists them",
        "letters, digits and . _ $ # -",
        r"[A-Za-z0-9._$#-]{1,250}",
    ),
    Setting(
        "sid",
        Kind.TEXT,
        "the instance by its SID, instead of a service",
        "letters, digits and _ $ #",
        r"[A-Za-z0-9_$#]{1,64}",
    ),
    *_SHARED.values(),
    Setting("tls", Kind.FLAG, "true demands TLS; `ca`, `cert` and `insecure` demand it as well"),
    Setting(
        "privilege",
        Kind.TEXT,
        "sign in AS this: a stand-by that is only mounted lets nobody else in",
        "sysdg, sysbackup, sysoper or sysdba",
        "sysdg|sysbackup|sysoper|sysdba",
    ),
)


class OracleTransport:
    """Asks databases by SQL; see `question.Statement` for what, `SETTINGS` for how."""

    name = "oracle"

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
        """Run one statement with its parameters (`:sid`, in order) over a connection of its own;
        returns 0, or 1 when the server refused it. `heard` gets each row as a line of JSON by
        column, in small letters, or the refusal. See `ports.Doer`.
        """
        return await self._ready(target).call(target, argv, heard)

    def _ready(self, target: Target) -> "Pool":
        if self._pool is None:
            try:
                from opsconsole.transports.oracle.pool import Pool
            except ImportError as error:
                what = f"{target.id}: the Oracle library is not usable: {error}"
                raise Unsupported(what, "pip install 'opsconsole[oracle]'") from error
            self._pool = Pool()
        return self._pool

    async def close(self) -> None:
        """End all sessions."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


TRANSPORT = OracleTransport
