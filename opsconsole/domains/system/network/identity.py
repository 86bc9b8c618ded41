"""What a device is: its name, place, model and version, as it tells them itself."""

from collections.abc import Mapping

from opsconsole.clean import clean
from opsconsole.domains.system.network import mib
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import Snmp, SnmpGet, SnmpWalk, parted
from opsconsole.spec import Probe
from opsconsole.varbind import Value, values

_SYSTEM = "1.3.6.1.2.1.1"
ABOUT, KIND, CONTACT, PLACE = (f"{_SYSTEM}.{n}.0" for n in (1, 2, 4, 6))
ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
BRIDGE, LOCAL_AS = "1.3.6.1.2.1.17.1.1.0", "1.3.6.1.2.1.15.2.0"

QUESTIONS: tuple[Snmp, ...] = (
    SnmpGet((ABOUT, KIND, mib.NAME, CONTACT, PLACE, BRIDGE, LOCAL_AS)),
    SnmpWalk(ENTITY, (5, 7, 8, 9, 10, 11, 12, 13)),
)

_CHASSIS, _STACK = 3, 11
"""Classes of ENTITY-MIB."""

Reading = tuple[Mapping[str, Value], Mapping[int, Value], int]
"""Objects of the system, the entity that stands for all of it, and how many chassis there are."""


def read(payload: bytes) -> Reading:
    """Take apart an answer to `QUESTIONS`; raises `Malformed`."""
    system, entities = parted(payload, len(QUESTIONS))
    found = mib.table(entities, ENTITY).values()
    chassis = [row for row in found if row.get(5) == _CHASSIS]
    stacks = [row for row in found if row.get(5) == _STACK and mib.words(row.get(13))]
    whole = next(iter([*chassis, *stacks]), mib.NOTHING)
    return values(system), whole, len(chassis)


def rows(now: Reading, _before: Reading | None) -> list[Row]:
    """The only row."""
    system, whole, chassis = now
    return [
        (
            mib.words(system.get(mib.NAME)),
            mib.words(system.get(ABOUT), 400),
            mib.words(whole.get(13)) or mib.words(whole.get(7)),
            mib.words(whole.get(12)),
            mib.words(whole.get(11)),
            mib.words(whole.get(10)),
            mib.words(whole.get(9)),
            mib.words(whole.get(8)),
            chassis or None,
            mib.words(system.get(PLACE)),
            mib.words(system.get(CONTACT)),
            clean(str(system.get(KIND) or ""), 200),
            mib.mac(system.get(BRIDGE)),
            mib.count(system.get(LOCAL_AS)) or None,
        )
    ]


def _text(key: str, title: str, source: str) -> Column:
    return Column(key, title, Quantity.TEXT, source)


PROBE = Probe(
    id="network.identity",
    title="Identity",
    exchange="identity",
    columns=(
        _text("name", "NAME", "SNMPv2-MIB sysName"),
        _text("about", "ABOUT", "SNMPv2-MIB sysDescr"),
        _text("model", "MODEL", "ENTITY-MIB entPhysicalModelName of the chassis"),
        _text("vendor", "VENDOR", "ENTITY-MIB entPhysicalMfgName"),
        _text("serial", "SERIAL", "ENTITY-MIB entPhysicalSerialNum"),
        _text("software", "SOFTWARE", "ENTITY-MIB entPhysicalSoftwareRev"),
        _text("firmware", "FIRMWARE", "ENTITY-MIB entPhysicalFirmwareRev"),
        _text("hardware", "HARDWARE", "ENTITY-MIB entPhysicalHardwareRev"),
        Column("chassis", "CHASSIS", Quantity.COUNT, "ENTITY-MIB: chassis of a stack"),
        _text("place", "PLACE", "SNMPv2-MIB sysLocation"),
        _text("contact", "CONTACT", "SNMPv2-MIB sysContact"),
        _text("object_id", "OBJECT ID", "SNMPv2-MIB sysObjectID"),
        _text("bridge", "BRIDGE", "BRIDGE-MIB dot1dBaseBridgeAddress"),
        Column("local_as", "AS", Quantity.COUNT, "BGP4-MIB bgpLocalAs"),
    ),
    key=(),
    read=read,
    rows=rows,
    on_demand=False,
)
