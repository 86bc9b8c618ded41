"""Patroni: who leads a PostgreSQL cluster, who can stand in, and having another one lead."""

from opsconsole.domains.database.patroni.action import ACTIONS
from opsconsole.domains.database.patroni.news import NEWS
from opsconsole.domains.database.patroni.probe import PROBES
from opsconsole.domains.database.patroni.rule import RULES
from opsconsole.question import HttpRequest
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.orders-1]
kind = "patroni"
url = "https://db-1.example:8008"
user = "ops"
password = { file = "~/.secrets/patroni" }
"""

INTEGRATION = Integration(
    kind="patroni",
    title="Patroni",
    exchanges=(
        Exchange("node", every=5, compared=False),
        Exchange("cluster", every=5, timeout=25.0, compared=False),
        Exchange("history", every=30, on_demand=True, compared=False),
    ),
    probes=PROBES,
    setup=_SETUP,
    rules=RULES,
    news=NEWS,
    # Patroni hangs up in place of an answer for which it would need a DCS that is away.
    questions={
        "node": (HttpRequest("/patroni"),),
        "cluster": (
            HttpRequest("/patroni"),
            HttpRequest("/cluster", hangs_up=True),
            HttpRequest("/config", hangs_up=True),
        ),
        "history": (HttpRequest("/history", hangs_up=True),),
    },
    transports=("http",),
    actions=ACTIONS,
)
