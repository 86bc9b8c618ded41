"""PostgreSQL 13 and later: sessions, locks, throughput, replication, tables, statements."""

from opsconsole.domains.database.postgres import (
    database,
    overview,
    progress,
    relation,
    replication,
    schema,
    session,
    setting,
    statements,
)
from opsconsole.domains.database.postgres.action import ACTIONS
from opsconsole.domains.database.postgres.finding import RULES
from opsconsole.domains.database.postgres.news import NEWS
from opsconsole.spec import Integration

_SETUP = """\
# estate.toml; CREATE ROLE opsconsole LOGIN PASSWORD '…'; GRANT pg_monitor TO opsconsole;
[target.db-1]
kind = "postgres"
address = "db-1.example.net"
user = "opsconsole"
password = { command = ["pass", "show", "db-1"] }
"""

_PARTS = (
    overview,
    session,
    database,
    replication,
    progress,
    relation,
    schema,
    statements,
    setting,
)

INTEGRATION = Integration(
    kind="postgres",
    title="PostgreSQL",
    exchanges=tuple(exchange for part in _PARTS for exchange in part.EXCHANGES),
    probes=tuple(probe for part in _PARTS for probe in part.PROBES),
    setup=_SETUP,
    questions={
        "health": overview.STATEMENTS,
        "size": overview.SIZES,
        "sessions": session.BUSY,
        "connections": session.ALL,
        "databases": database.STATEMENTS,
        "checkpoints": database.CHECKPOINTS,
        "replication": replication.STATEMENTS,
        "progress": progress.STATEMENTS,
        "tables": relation.TABLES,
        "indexes": relation.INDEXES,
        "columns": schema.COLUMNS,
        "constraints": schema.CONSTRAINTS,
        "statements": statements.STATEMENTS,
        "settings": setting.SETTINGS,
        "files": setting.FILES,
    },
    transports=("postgres",),
    actions=ACTIONS,
    rules=RULES,
    news=NEWS,
)
