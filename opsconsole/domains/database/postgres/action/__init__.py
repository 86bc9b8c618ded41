"""What can be done on a PostgreSQL server, each by one statement."""

from opsconsole.domains.database.postgres.action import (
    advice,
    ddl,
    explain,
    relation,
    server,
    session,
)

ACTIONS = (
    *session.ACTIONS,
    *explain.ACTIONS,
    *relation.ACTIONS,
    *advice.ACTIONS,
    *ddl.ACTIONS,
    *server.ACTIONS,
)
