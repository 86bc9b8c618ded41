"""Targets that speak the protocol of Redis: one connection each, named, bounded, kept open.

redis-py is imported when the first target is opened: the console itself never pays for it.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.http import SETTINGS as OF_HTTP
from opsconsole.transports.pooled import Pool, PooledTransport

SHARED = ("user", "password", "ca", "cert", "key", "insecure")
"""What means the same over HTTP."""

SETTINGS = (
    Setting("address", Kind.TEXT, "host name or address; the target's name unless it is given"),
    Setting("port", Kind.WHOLE, "6379 unless it is given", low=1, high=65535),
    Setting("socket", Kind.PATH, "a Unix socket on this machine, instead of address and port"),
    *(setting for setting in OF_HTTP if setting.key in SHARED),
    Setting("tls", Kind.FLAG, "true encrypts; so do `ca`, `cert` and `insecure`"),
)


class RedisTransport(PooledTransport):
    """Asks Redis, Valkey and their sentinels; see `question.Command` for what.

    A call is a command word by word. Its status is 0, or 1 when the server refuses; `heard` gets
    text and numbers as they are, lists as JSON, a refusal in the server's words.
    """

    name = "redis"
    refusal = "Redis is none"
    library = "Redis"
    remedy = "pip install 'redis>=8'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.redis.pool import Pool as Targets

        return Targets()


TRANSPORT = RedisTransport
