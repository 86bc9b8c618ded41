"""Network UPS Tools: every UPS that an upsd knows, of whatever make (its text protocol)."""

from opsconsole.battery import Supply
from opsconsole.domains.lowvoltage.nut.action import ACTIONS
from opsconsole.domains.lowvoltage.nut.detail import CLIENT, COMMAND, VARIABLE
from opsconsole.domains.lowvoltage.nut.news import NEWS
from opsconsole.domains.lowvoltage.nut.rule import RULES
from opsconsole.domains.lowvoltage.nut.ups import POWER, READING, SUMMARY, UPS
from opsconsole.question import NutQuery
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.ups-a]
kind = "nut"
address = "nut.example"
ups = "rack1"                            # all UPS of the server, without it
user = "ops"                             # for actions; upsd.users there: actions, instcmds
password = { file = "~/.secrets/nut" }
labels = { site = "hq", room = "A", rack = "A1" }
"""

INTEGRATION = Integration(
    kind="nut",
    title="UPS server (NUT)",
    exchanges=(
        Exchange("ups", every=5, compared=False),
        Exchange("detail", every=15, on_demand=True, compared=False),
    ),
    probes=(UPS, POWER, SUMMARY, READING, VARIABLE, COMMAND, CLIENT),
    setup=_SETUP,
    rules=RULES,
    questions={
        "ups": (
            NutQuery(("LIST", "UPS")),
            NutQuery(("LIST", "VAR", "*"), since="ups.status"),
            NutQuery(("VER",)),
        ),
        "detail": (
            NutQuery(("LIST", "VAR", "*")),
            NutQuery(("LIST", "RW", "*")),
            NutQuery(("LIST", "CMD", "*")),
            NutQuery(("LIST", "CLIENT", "*")),
        ),
    },
    transports=("nut",),
    actions=ACTIONS,
    news=NEWS,
    supply=Supply(
        UPS.id,
        "mode",
        frozenset({"on battery", "low battery", "shutting down"}),
        frozenset({"off"}),
        part="ups",
    ),
)
