"""PostgreSQL servers: one connection each, all statements of a question in one round trip.

psycopg is imported when the first target is opened: the console itself never pays for it.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.pooled import Pool, PooledTransport

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


class PostgresTransport(PooledTransport):
    """Asks PostgreSQL servers; see `question.Statement` for what, `SETTINGS` for how.

    A call is one statement: its text, then its parameters ($1, $2, …), bound by the server, over a
    connection of its own. Its status is 0, or 1 for an error; `heard` gets notices, rows with a tab
    between values, and an error's words. With the bare word `EXPLAIN`, then database, role (or ""),
    search_path (or "") and a statement, the plan of that is told; it is not run, whatever stands in
    it.
    """

    name = "postgres"
    refusal = "no shell answers SQL"
    library = "PostgreSQL"
    remedy = "pip install 'psycopg[binary]>=3.2'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.postgres.pool import Pool as Targets

        return Targets()


TRANSPORT = PostgresTransport
