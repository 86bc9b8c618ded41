"""What goes wrong with a PostgreSQL server, said as our errors, with what to do about it.

libpq tells no SQLSTATE of a connection that was refused, so that it is known by its words; those
of a server that speaks another language than English are passed on as they are.
"""

import re
from typing import NamedTuple

import psycopg

from opsconsole.clean import Clean, clean
from opsconsole.errors import (
    Denied,
    Lost,
    Malformed,
    TargetError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from opsconsole.secret import mask

SAID = 240
"""Characters of an error's own words."""


class Full(Unreachable):
    """No connection is left for us."""


class _Known(NamedTuple):
    """Words that tell what it is."""

    words: re.Pattern[str]
    kind: type[TargetError]
    what: str
    remedy: str


def _known(words: str, kind: type[TargetError], what: str, remedy: str) -> _Known:
    return _Known(re.compile(words, re.IGNORECASE), kind, what, remedy)


_SLOTS = "end idle sessions, raise max_connections, or put a pooler in front of it"
_CONNECTING = (
    _known(
        "no pg_hba.conf entry|pg_hba.conf rejects",
        Denied,
        "no line of its pg_hba.conf lets us in",
        "add a line for this user, database and address (or TLS) to pg_hba.conf, and reload",
    ),
    _known(
        "too many clients|connection slots are reserved|too many connections",
        Full,
        "all its connections are taken",
        _SLOTS,
    ),
    _known(
        "starting up|not yet accepting|not accepting connections|in recovery mode",
        Unreachable,
        "it is starting up, or recovers",
        "wait; its log tells how far it is",
    ),
    _known("shutting down", Unreachable, "it is shutting down", "start it again when it is down"),
    _known(
        'database ".*" does not exist',
        Unsupported,
        "there is no such database",
        "name one that exists: database = …",
    ),
    _known(
        "no password supplied|password authentication failed|SASL authentication failed",
        Denied,
        "it does not take our password",
        "give it `user` and `password`, or a line in .pgpass; or they are not right",
    ),
    _known(
        "authentication failed|role .* does not exist|not permitted to log in|permission denied",
        Denied,
        "it does not let this role in",
        "name another `user`, or GRANT CONNECT and LOGIN to it",
    ),
    _known(
        "certificate verify failed|does not match host|root certificate|certificate has expired",
        Untrusted,
        "its certificate is not trusted",
        'name its authority: ca = "PATH"; and the name that stands in the certificate',
    ),
    _known(
        "does not support SSL|server requires|certificate required|SSL error|private key",
        Untrusted,
        "TLS with it fails",
        "compare `sslmode`, `cert` and `key` with what it wants",
    ),
    _known(
        "definition of service|service file",
        Unsupported,
        "there is no such service",
        "name a section of pg_service.conf: service = …",
    ),
    _known(
        "translate host name|name or service not known|name resolution|nodename|getaddrinfo",
        Unreachable,
        "its name is not known",
        "mend `address`",
    ),
    _known(
        "invalid response|expected authentication request|unexpected message|out of sync",
        Malformed,
        "something else than PostgreSQL answers there",
        "is it the right `address` and `port`?",
    ),
    _known("timeout", Unreachable, "no answer in time", "is it overloaded, or a firewall?"),
    _known(
        "refused|no such file|no route|unreachable",
        Unreachable,
        "nobody answers there",
        "does it run, and listen there? compare listen_addresses and port",
    ),
    _known(
        "closed the connection|terminated|reset by peer|EOF",
        Unreachable,
        "it hangs up on us",
        "is that PostgreSQL? its log says why",
    ),
)

_ENDING = {
    "57P01": "an administrator ended our connection, or it shuts down",
    "57P02": "another of its processes crashed, and it recovers",
    "57P05": "our connection was idle for too long",
    "25P03": "our connection was idle for too long",
}
"""SQLSTATEs that take the connection with them."""


def of_connecting(target: str, error: Exception) -> TargetError:
    """Say why there is no connection."""
    said = told(error)
    for known in _CONNECTING:
        if known.words.search(said):
            return known.kind(f"{target}: {known.what}: {said}", known.remedy)
    return Unreachable(f"{target}: no connection: {said}", "its log says more")


def of_losing(target: str, error: Exception) -> TargetError:
    """Say why a connection went."""
    code = error.sqlstate if isinstance(error, psycopg.Error) else None
    why = _ENDING.get(code or "", "the connection went")
    return Lost(f"{target}: {why}: {told(error)}")


def told(error: Exception) -> Clean:
    """An error's own words on one line, without secrets."""
    words = " ".join(str(error).replace("connection failed: ", "").split())
    return clean(mask(words or type(error).__name__), SAID)
