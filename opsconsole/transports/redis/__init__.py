"""Targets that speak the protocol of Redis: one connection each, named, bounded, kept open.

redis-py is imported when the first target is opened: the console itself never pays for it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer, Session
from opsconsole.question import Script
from opsconsole.spec import Kind, Setting
from opsconsole.transports.http import SETTINGS as OF_HTTP

if TYPE_CHECKING:
    from opsconsole.transports.redis.pool import Pool

SHARED = ("user", "password", "ca", "cert", "key", "insecure")
"""What means the same over HTTP."""

SETTINGS = (
    Setting("address", Kind.TEXT, "host name or address; the target's name unless it is given"),
    Setting("port", Kind.WHOLE, "6379 unless it is given", low=1, high=65535),
    Setting("socket", Kind.PATH, "a Unix socket on this machine, instead of address and port"),
    *(setting for setting in OF_HTTP if setting.key in SHARED),
    Setting("tls", Kind.FLAG, "true encrypts; so do `ca`, `cert` and `insecure`"),
)


class RedisTransport:
    """Asks Redis, Valkey and their sentinels; see `question.Command` for what."""

    name = "redis"

    def __init__(self) -> None:
        self._pool: Pool | None = None

    async def open(
        self,
        target: Target,
        script: Script,
        interval: float,  # noqa: ARG002 - nothing is pushed
        deliver: Callable[[Answer], None],
    ) -> Session:
        """Connect and log in, so that a target that is not there is told as such."""
        if isinstance(script, str):
            what = f"{target.id}: has a sampler for a shell, and Redis is none"
            raise Unsupported(what, "name another transport for it in the estate")
        return await self._ready(target).open(target, script, deliver)

    async def execute(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call, a command word by word; returns 0, or 1 when the server refuses.

        `heard` gets text and numbers as they are, lists as JSON, a refusal in the server's words.
        """
        return await self._ready(target).call(target, argv, heard)

    def _ready(self, target: Target) -> "Pool":
        if self._pool is None:
            try:
                from opsconsole.transports.redis.pool import Pool
            except ImportError as error:
                what = f"{target.id}: the Redis library is not usable: {error}"
                raise Unsupported(what, "pip install 'redis>=8'") from error
            self._pool = Pool()
        return self._pool

    async def close(self) -> None:
        """End all sessions."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


TRANSPORT = RedisTransport
