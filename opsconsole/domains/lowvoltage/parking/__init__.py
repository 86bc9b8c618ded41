"""Car parks: occupancy, lanes and barriers, as their operator's pages tell them."""

from opsconsole.domains.lowvoltage.parking.action import ACTIONS
from opsconsole.domains.lowvoltage.parking.probe import LANE, LOT, PAGE, SUMMARY
from opsconsole.domains.lowvoltage.parking.rule import RULES
from opsconsole.question import Mapped
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.garage]
kind = "parking"
url = "https://parking.example.net"
map = "maps/garage.toml"

# maps/garage.toml
[document.lots]
path = "/lots.json"
rows = "features"
key = "properties/park_id"

[document.lots.fields]
name = "properties/park_name"
capacity = "properties/obs_max"
free = "properties/obs_free"
"""

INTEGRATION = Integration(
    kind="parking",
    title="Parking",
    exchanges=(Exchange("pages", every=60, timeout=60.0, compared=False),),
    probes=(SUMMARY, LOT, LANE, PAGE),
    setup=_SETUP,
    rules=RULES,
    actions=ACTIONS,
    questions={"pages": (Mapped("pages"),)},
    transports=("feed",),
)
