"""Telephones, adapters, video and room endpoints by SNMP: what they are, lines, parts, ports."""

from opsconsole import reading
from opsconsole.domains.desktop.endpoint import line, part, port, status
from opsconsole.domains.desktop.endpoint.mib import QUESTIONS, read
from opsconsole.domains.desktop.endpoint.rule import RULES
from opsconsole.domains.desktop.endpoint.sensor import readings
from opsconsole.spec import Exchange, Integration, Probe

_SETUP = """\
# estate.toml
[target.room-7]
kind = "endpoint"
address = "10.4.0.7"
community = { env = "PHONES" }
"""

_SOURCE = "the maker's MIB, HOST-RESOURCES-MIB, ENTITY-SENSOR-MIB"

STATUS = Probe(
    *("endpoint.status", "Endpoint", "endpoint", status.COLUMNS, (), read, status.rows),
    on_demand=False,
)
LINE = Probe(
    *("endpoint.line", "Lines", "endpoint", line.COLUMNS, ("line",), read, line.rows),
    on_demand=False,
    quiet=True,
)
PART = Probe(
    *("endpoint.part", "Parts", "endpoint", part.COLUMNS, ("part",), read, part.rows),
    on_demand=False,
    quiet=True,
)
PORT = Probe("endpoint.port", "Ports", "endpoint", port.COLUMNS, ("port",), read, port.rows)

INTEGRATION = Integration(
    kind="endpoint",
    title="Endpoint",
    exchanges=(Exchange("endpoint", every=60, timeout=45, compared=False),),
    probes=(
        *(STATUS, LINE, PART, PORT),
        reading.probe("endpoint", "endpoint", _SOURCE, readings),
        reading.summary("endpoint", "endpoint", _SOURCE, readings),
    ),
    setup=_SETUP,
    rules=RULES,
    questions={"endpoint": QUESTIONS},
    transports=("snmp",),
)
