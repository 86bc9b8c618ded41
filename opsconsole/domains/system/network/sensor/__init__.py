"""Sensors of a network device: heat, fans, power supplies, optics; by standard MIBs and others."""

import dataclasses
from collections.abc import Sequence

from opsconsole import reading
from opsconsole.domains.system.network.sensor import entity, own
from opsconsole.domains.system.network.sensor.entity import NAMES, Names
from opsconsole.domains.system.network.sensor.vendor import GAUGES, TABLES
from opsconsole.question import Snmp, SnmpWalk, parted
from opsconsole.reading import Reading

HOUR = 3600.0

QUESTIONS: tuple[Snmp, ...] = (
    SnmpWalk(NAMES, (2, 4, 5, 7), keep=HOUR),
    SnmpWalk(entity.STANDARD, (1, 2, 3, 4, 5, 6), absent=HOUR),
    SnmpWalk(entity.CISCO, (1, 2, 3, 4, 5), absent=HOUR),
    SnmpWalk(entity.THRESHOLDS, (2, 3, 4), keep=HOUR),
    SnmpWalk(GAUGES, (2, 3, 4), absent=HOUR),
    *(SnmpWalk(table.entry, table.columns, absent=HOUR) for table in TABLES),
)

MOST = 2000
"""Sensors of one device."""


def read(payload: bytes) -> Sequence[Reading]:
    """All sensors of a device, by an answer to `QUESTIONS`; raises `Malformed`."""
    entities, standard, cisco, thresholds, gauges, *others = parted(payload, len(QUESTIONS))
    names = Names(entities)
    found = [
        *entity.readings(standard, cisco, thresholds, names),
        *own.gauges(gauges),
        *(one for table, part in zip(TABLES, others, strict=True)
          for one in own.readings(table, part, names)),
    ]  # fmt: skip
    return entity.told_apart(found[:MOST])


_SOURCE = "ENTITY-SENSOR-MIB, or the vendor's MIB that SOURCE names"

PROBE = reading.probe("network", "sensors", _SOURCE, read)

SUMMARY = dataclasses.replace(
    reading.summary("network", "sensors", _SOURCE, read), id="network.sensors"
)
"""`network.summary` is that of the ports."""

RULES = reading.rules("network", ("look at SOURCE in the device's own log; mend or replace it",))
