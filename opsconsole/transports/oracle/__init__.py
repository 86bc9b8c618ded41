"""Oracle databases: one connection each that asks only by SELECT, and statements as data.

Experimental: no Oracle server could be had, so that only failures were tried against real sockets.
python-oracledb (thin: no client of Oracle's) is imported when the first target is opened.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.http import SETTINGS as _HTTP
from opsconsole.transports.pooled import Pool, PooledTransport

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


class OracleTransport(PooledTransport):
    """Asks databases by SQL; see `question.Statement` for what, `SETTINGS` for how.

    A call is one statement with its parameters (`:sid`, in order), over a connection of its own.
    Its status is 0, or 1 when the server refused it; `heard` gets each row as a line of JSON by
    column, in small letters, or the refusal.
    """

    name = "oracle"
    refusal = "no shell answers SQL"
    library = "Oracle"
    remedy = "pip install 'opsconsole[oracle]'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.oracle.pool import Pool as Targets

        return Targets()


TRANSPORT = OracleTransport
