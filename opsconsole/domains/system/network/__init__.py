"""Switches, routers, firewalls: ports, neighbours, peers, sensors, what hangs on a port (SNMP)."""

from opsconsole.domains.system.network import (
    attached,
    bgp,
    identity,
    interface,
    resource,
    sensor,
    topology,
)
from opsconsole.domains.system.network.action import ACTIONS
from opsconsole.domains.system.network.news import NEWS
from opsconsole.domains.system.network.rule import RULES
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.switch-1]
kind = "network"
address = "10.0.0.1"
community = { file = "~/.secrets/community" }
"""

INTEGRATION = Integration(
    kind="network",
    title="Network device",
    exchanges=(
        Exchange("interfaces", every=30, timeout=25),
        Exchange("resources", every=60, timeout=20, compared=False),
        Exchange("identity", every=600, timeout=20, compared=False),
        Exchange("sensors", every=60, timeout=30, compared=False),
        Exchange("bgp", every=60, on_demand=True, timeout=20, compared=False),
        Exchange("attached", every=60, on_demand=True, timeout=55, compared=False),
    ),
    probes=(
        interface.SUMMARY,
        interface.PROBE,
        topology.PROBE,
        resource.HEALTH,
        resource.PROCESSOR,
        resource.STORAGE,
        sensor.PROBE,
        sensor.SUMMARY,
        identity.PROBE,
        bgp.PROBE,
        attached.PROBE,
    ),
    setup=_SETUP,
    rules=(*RULES, *sensor.RULES),
    news=NEWS,
    questions={
        "interfaces": interface.QUESTIONS,
        "resources": resource.QUESTIONS,
        "identity": identity.QUESTIONS,
        "sensors": sensor.QUESTIONS,
        "bgp": bgp.QUESTIONS,
        "attached": attached.QUESTIONS,
    },
    transports=("snmp",),
    actions=ACTIONS,
)
