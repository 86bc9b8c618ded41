"""MySQL 5.7 and later, MariaDB 10.5 and later: sessions, locks, replication, statements, Galera."""

from opsconsole.domains.database.mysql import (
    engine,
    health,
    replication,
    session,
    setting,
    statements,
    storage,
)
from opsconsole.domains.database.mysql.action import ACTIONS
from opsconsole.domains.database.mysql.asking import QUESTIONS
from opsconsole.domains.database.mysql.finding import RULES
from opsconsole.domains.database.mysql.news import NEWS
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml; CREATE USER watch IDENTIFIED BY '…'; docs/domains/mysql.md has the grants
[target.orders]
kind = "mysql"
address = "db-1.example.net"
user = "watch"
password = { command = ["pass", "show", "db-1"] }
"""

INTEGRATION = Integration(
    kind="mysql",
    title="MySQL, MariaDB",
    exchanges=(
        Exchange("health", every=5),
        Exchange("sessions", every=3, on_demand=True, compared=False),
        Exchange("statements", every=15, on_demand=True),
        Exchange("schemas", every=900, compared=False),
        Exchange("tables", every=300, on_demand=True, compared=False),
        Exchange("settings", every=60, on_demand=True, compared=False),
    ),
    probes=(
        *health.PROBES,
        *session.PROBES,
        *replication.PROBES,
        *engine.PROBES,
        *statements.PROBES,
        *storage.PROBES,
        *setting.PROBES,
    ),
    setup=_SETUP,
    questions=dict(QUESTIONS),
    transports=("mysql",),
    actions=ACTIONS,
    rules=RULES,
    news=NEWS,
)
