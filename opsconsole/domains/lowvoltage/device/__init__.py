"""Devices of the rooms that speak SNMP: UPS, PDU, sensors, cooling, cameras, by their profiles."""

from opsconsole.battery import Supply
from opsconsole.domains.lowvoltage.device.action import ACTIONS
from opsconsole.domains.lowvoltage.device.finding import RULES
from opsconsole.domains.lowvoltage.device.news import NEWS
from opsconsole.domains.lowvoltage.device.probe import EXCHANGE, PROBES
from opsconsole.gear import QUESTION
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.ups-1]
kind = "device"
address = "10.0.9.11"
community = { env = "COMMUNITY" }
"""

INTEGRATION = Integration(
    kind="device",
    title="Device by SNMP",
    supply=Supply("device.ups", "source", frozenset({"battery"}), frozenset({"off", "sleeping"})),
    exchanges=(Exchange(EXCHANGE, every=10, timeout=30),),
    probes=PROBES,
    setup=_SETUP,
    questions={EXCHANGE: (QUESTION,)},
    transports=("snmp",),
    rules=RULES,
    actions=ACTIONS,
    news=NEWS,
)
