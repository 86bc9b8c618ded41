"""MySQL and MariaDB servers: one connection each that only reads, and statements as data.

aiomysql is imported when the first target is opened: the console itself never pays for it.
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


class MysqlTransport(PooledTransport):
    """Asks servers by SQL; see `question.Statement` for what, `SETTINGS` for how.

    A call is one statement with its parameters, over a connection of its own. Its status is 0, or 1
    when the server refused it; `heard` gets each row as a line of JSON by column, or the refusal.
    """

    name = "mysql"
    refusal = "no shell answers SQL"
    library = "MySQL"
    remedy = "pip install 'opsconsole[mysql]'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.mysql.pool import Pool as Targets

        return Targets()


TRANSPORT = MysqlTransport
