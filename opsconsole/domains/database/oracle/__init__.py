"""Oracle Database 12.1 and later: sessions, waits, space, Data Guard, backups, accounts.

Experimental: written from Oracle's documentation, never run against a real server by this project.
"""

from opsconsole.domains.database.oracle import health, session, standby, storage, upkeep, waits
from opsconsole.domains.database.oracle.action import ACTIONS
from opsconsole.domains.database.oracle.asking import QUESTIONS
from opsconsole.domains.database.oracle.finding import RULES
from opsconsole.domains.database.oracle.news import NEWS
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml; experimental, never run against a real server by this project
# docs/domains/oracle.md has the grants
[target.erp]
kind = "oracle"
address = "db-1.example.net"
service_name = "erp.example.net"
user = "watch"
password = { command = ["pass", "show", "erp"] }
"""

INTEGRATION = Integration(
    kind="oracle",
    title="Oracle (experimental)",
    exchanges=(
        Exchange("health", every=10),
        Exchange("sessions", every=5, on_demand=True, compared=False),
        Exchange("waits", every=15, on_demand=True, compared=False),
        Exchange("storage", every=300, on_demand=True, compared=False),
        Exchange("standby", every=30, on_demand=True, compared=False),
        Exchange("upkeep", every=600, on_demand=True, compared=False),
    ),
    probes=(
        *health.PROBES,
        *session.PROBES,
        *waits.PROBES,
        *storage.PROBES,
        *standby.PROBES,
        *upkeep.PROBES,
    ),
    setup=_SETUP,
    questions=dict(QUESTIONS),
    transports=("oracle",),
    actions=ACTIONS,
    rules=RULES,
    news=NEWS,
)
