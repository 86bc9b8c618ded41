"""Printers by SNMP: what they are, what they complain of, what they use up (Printer-MIB)."""

from opsconsole import reading
from opsconsole.domains.desktop.printer import alert, status, supply, tray
from opsconsole.domains.desktop.printer.mib import QUESTIONS, read
from opsconsole.domains.desktop.printer.rule import RULES
from opsconsole.domains.desktop.printer.sensor import readings
from opsconsole.spec import Exchange, Integration, Probe

_SETUP = """\
# estate.toml
[target.print-3]
kind = "printer"
address = "10.3.0.9"
community = { env = "PRINTERS" }
"""

_SOURCE = "Printer-MIB, HOST-RESOURCES-MIB"

STATUS = Probe(
    "printer.status", "Printer", "printer", status.COLUMNS, (), read, status.rows, on_demand=False
)
ERROR = Probe(
    "printer.error",
    "Complaints",
    "printer",
    status.ERROR_COLUMNS,
    ("error",),
    read,
    status.error_rows,
    on_demand=False,
    quiet=True,
)
SUPPLY = Probe(
    "printer.supply",
    "Supplies",
    "printer",
    supply.COLUMNS,
    ("supply",),
    read,
    supply.rows,
    on_demand=False,
    quiet=True,
)
TRAY = Probe("printer.tray", "Trays", "printer", tray.COLUMNS, ("tray",), read, tray.rows)
COVER = Probe(
    "printer.cover", "Covers", "printer", tray.COVER_COLUMNS, ("cover",), read, tray.cover_rows
)
ALERT = Probe(
    "printer.alert",
    "Alerts of the printer",
    "printer",
    alert.COLUMNS,
    ("description", "entry"),
    read,
    alert.rows,
    on_demand=False,
    quiet=True,
    named=("description",),
)

INTEGRATION = Integration(
    kind="printer",
    title="Printer",
    exchanges=(Exchange("printer", every=60, timeout=45, compared=False),),
    probes=(
        *(STATUS, ERROR, SUPPLY, TRAY, COVER, ALERT),
        reading.probe("printer", "printer", _SOURCE, readings),
        reading.summary("printer", "printer", _SOURCE, readings),
    ),
    setup=_SETUP,
    rules=RULES,
    questions={"printer": QUESTIONS},
    transports=("snmp",),
)
