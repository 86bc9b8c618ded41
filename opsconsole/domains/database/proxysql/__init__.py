"""ProxySQL, by its admin interface: servers by hostgroup, rules, commands, errors, digests."""

from opsconsole.domains.database.proxysql import pool, traffic
from opsconsole.domains.database.proxysql.action import ACTIONS
from opsconsole.domains.database.proxysql.asking import QUESTIONS
from opsconsole.domains.database.proxysql.finding import RULES
from opsconsole.domains.database.proxysql.news import NEWS
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml; the account stands in admin-stats_credentials (or, to act, admin-admin_credentials)
[target.proxy-1]
kind = "proxysql"
address = "proxy-1.example.net"
port = 6032
user = "stats"
password = { command = ["pass", "show", "proxy-1"] }
"""

INTEGRATION = Integration(
    kind="proxysql",
    title="ProxySQL",
    exchanges=(
        Exchange("pool", every=5),
        Exchange("traffic", every=10, on_demand=True),
        Exchange("digests", every=30, on_demand=True),
    ),
    probes=(*pool.PROBES, *traffic.PROBES),
    setup=_SETUP,
    questions=dict(QUESTIONS),
    transports=("mysql",),
    actions=ACTIONS,
    rules=RULES,
    news=NEWS,
)
