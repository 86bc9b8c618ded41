"""SNMP traps and informs that come to this console: a pane, and lines of the timeline."""

from opsconsole.domains.system.traps import row
from opsconsole.domains.system.traps.news import NEWS
from opsconsole.rule import Bound, Rule
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.traps]
kind = "traps"
listen = "0.0.0.0"
port = 1162
community = { file = "~/.secrets/community" }
"""

STORM = Rule(
    id="traps.storm",
    title="Storm of traps",
    about="Something flaps or is broken, and what matters is hard to see among it.",
    probe=row.SUMMARY.id,
    column="recent",
    source=row.STORM.source,
    remedies=("look under Senders for who sends them, and at that device",),
    warn=Bound(row.STORM.warn, 300),
    crit=Bound(row.STORM.crit, 1500),
)

INTEGRATION = Integration(
    kind="traps",
    title="Receiver of traps",
    exchanges=(Exchange("traps", every=10, pushed=True, compared=False),),
    probes=(row.SUMMARY, row.TRAPS, row.SENDERS),
    setup=_SETUP,
    rules=(STORM,),
    news=NEWS,
    transports=("trap",),
)
