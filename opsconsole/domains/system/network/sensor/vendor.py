"""Tables of sensors besides ENTITY-SENSOR-MIB, as data: where a value stands, what it means.

Columns and words are those of the vendors' MIBs, which are named beside each table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from opsconsole.model import Level
from opsconsole.reading import Physical

OK, WARN, CRIT, GONE = Level.OK, Level.WARN, Level.CRIT, None
"""What a word means; `GONE` is a place without anything in it, which is no sensor."""

Words = Mapping[int, tuple[str, Level | None]]


@dataclass(frozen=True, slots=True)
class Sensor:
    """One column of values."""

    column: int
    physical: Physical
    """`OTHER` where only the name of a row tells it."""
    factor: float = 1.0
    """What makes the value, and its limits, one in the unit of `physical`."""
    suffix: str = ""
    """Behind the name of the row, where a row has several sensors."""
    words: Words = field(default_factory=dict[int, tuple[str, Level | None]])
    """Of a state, or of `judged`. Numbers that are not among them are shown as they are."""
    judged: int = 0
    """Column in which the device says what it thinks of the value, in `words`."""
    limits: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Columns of the limits: low critical, low warning, high warning, high critical; 0 for none."""
    unset: tuple[int, ...] = ()
    """Values of a sensor that is not fitted, besides those that all vendors have for it."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a vendor, and the sensors in each of its rows."""

    mib: str
    """Its name, for the help."""
    entry: str
    sensors: tuple[Sensor, ...]
    name: int = 0
    """Column of what a row is called; 0: what ENTITY-MIB calls that index, else `called`."""
    called: str = ""

    @property
    def columns(self) -> tuple[int, ...]:
        """All columns that are read."""
        found = {self.name, *(at for one in self.sensors for at in (one.column, one.judged))}
        found |= {column for one in self.sensors for column in one.limits}
        return tuple(sorted(found - {0}))


_ENVMON: Words = {
    1: ("normal", OK), 2: ("warning", WARN), 3: ("critical", CRIT), 4: ("shutdown", CRIT),
    5: ("not present", GONE), 6: ("not functioning", CRIT),
}  # fmt: skip
_JUNIPER_FRU: Words = {
    1: ("unknown", GONE), 2: ("empty", GONE), 3: ("present", OK), 4: ("ready", OK),
    5: ("announced", OK), 6: ("online", OK), 7: ("offline as announced", WARN),
    8: ("offline", WARN), 9: ("diagnostics", WARN), 10: ("standby", OK),
}  # fmt: skip
_JUNIPER_ALARM: Words = {1: ("other", OK), 2: ("off", OK), 3: ("on", CRIT)}
_H3C_DEVICE: Words = {
    1: ("active", OK), 2: ("not active", CRIT), 3: ("not installed", GONE),
    4: ("not supported", GONE),
}  # fmt: skip
_HP_SENSOR: Words = {
    1: ("unknown", GONE), 2: ("bad", CRIT), 3: ("warning", WARN), 4: ("good", OK),
    5: ("not present", GONE),
}  # fmt: skip
_HP_FAN: Words = {
    0: ("failed", CRIT), 1: ("removed", GONE), 2: ("off", OK), 3: ("too slow", WARN),
    4: ("too fast", WARN), 5: ("ok", OK),
}  # fmt: skip
_HP_POWER: Words = {
    1: ("not present", GONE), 2: ("not plugged", CRIT), 3: ("powered", OK), 4: ("failed", CRIT),
    5: ("failed for good", CRIT), 7: ("auxiliary failed", WARN), 8: ("not powered", CRIT),
    9: ("auxiliary not powered", WARN),
}  # fmt: skip
_FORTINET_ALARM: Words = {0: ("ok", OK), 1: ("alarm", CRIT)}
_HUAWEI_PART: Words = {1: ("normal", OK), 2: ("abnormal", CRIT)}

_STATE, _HEAT, _VOLTS = Physical.STATE, Physical.TEMPERATURE, Physical.VOLTAGE

_ENVMON_ENTRY = "1.3.6.1.4.1.9.9.13.1"
_JUNIPER = "1.3.6.1.4.1.2636.3"
_HP = "1.3.6.1.4.1.11.2.14.11"
_HUAWEI = "1.3.6.1.4.1.2011.5.25.31.1.1"
_H3C = "1.3.6.1.4.1.25506"

_POE: Words = {1: ("on", OK), 2: ("off", OK), 3: ("faulty", CRIT)}

TABLES: tuple[Table, ...] = (
    Table("POWER-ETHERNET-MIB", "1.3.6.1.2.1.105.1.3.1.1",
          (Sensor(3, _STATE, words=_POE),
           Sensor(4, Physical.POWER, suffix="load", limits=(0, 0, 0, 2))), called="PoE"),
    Table("CISCO-ENVMON-MIB", f"{_ENVMON_ENTRY}.2.1",
          (Sensor(3, _VOLTS, 1e-3), Sensor(7, _STATE, suffix="state", words=_ENVMON)), 2),
    Table("CISCO-ENVMON-MIB", f"{_ENVMON_ENTRY}.3.1",
          (Sensor(3, _HEAT, limits=(0, 0, 0, 4), unset=(0,)),
           Sensor(6, _STATE, suffix="state", words=_ENVMON)), 2),
    Table("CISCO-ENVMON-MIB", f"{_ENVMON_ENTRY}.4.1", (Sensor(3, _STATE, words=_ENVMON),), 2),
    Table("CISCO-ENVMON-MIB", f"{_ENVMON_ENTRY}.5.1", (Sensor(3, _STATE, words=_ENVMON),), 2),
    Table("JUNIPER-MIB", f"{_JUNIPER}.1.13.1", (Sensor(7, _HEAT, unset=(0,)),), 5),
    Table("JUNIPER-MIB", f"{_JUNIPER}.1.15.1", (Sensor(8, _STATE, words=_JUNIPER_FRU),), 5),
    Table("JUNIPER-ALARM-MIB", f"{_JUNIPER}.4.2.3", (Sensor(1, _STATE, words=_JUNIPER_ALARM),),
          called="Red alarm"),
    Table("JUNIPER-ALARM-MIB", f"{_JUNIPER}.4.2.2",
          (Sensor(1, _STATE, words={**_JUNIPER_ALARM, 3: ("on", WARN)}),), called="Yellow alarm"),
    Table("HUAWEI-ENTITY-EXTENT-MIB", f"{_HUAWEI}.1.1",
          (Sensor(11, _HEAT, limits=(0, 0, 0, 12), unset=(0,)),)),
    Table("HUAWEI-ENTITY-EXTENT-MIB", f"{_HUAWEI}.3.1",
          (Sensor(5, _HEAT, suffix="temperature", unset=(0, -255)),
           Sensor(6, _VOLTS, 1e-3, "voltage", unset=(0,)),
           Sensor(7, Physical.CURRENT, 1e-6, "bias", unset=(0,)),
           Sensor(8, Physical.SIGNAL, 1e-2, "receive", unset=(0,)),
           Sensor(9, Physical.SIGNAL, 1e-2, "transmit", unset=(0,)))),
    Table("HUAWEI-ENTITY-EXTENT-MIB", f"{_HUAWEI}.10.1",
          (Sensor(7, _STATE, words=_HUAWEI_PART),), called="Fan"),
    Table("HH3C-ENTITY-EXT-MIB", f"{_H3C}.2.6.1.1.1.1",
          (Sensor(12, _HEAT, limits=(0, 0, 0, 13)),)),
    Table("HH3C-ENTITY-EXT-MIB", f"{_H3C}.2.6.1.3.1.1",
          (Sensor(3, Physical.POWER, 1e-3, unset=(0,)),)),
    Table("HH3C-LSW-DEV-ADM-MIB", f"{_H3C}.8.35.9.1.1.1",
          (Sensor(2, _STATE, words=_H3C_DEVICE),), called="Fan"),
    Table("HH3C-LSW-DEV-ADM-MIB", f"{_H3C}.8.35.9.1.2.1",
          (Sensor(2, _STATE, words=_H3C_DEVICE),), called="Power supply"),
    Table("FORTINET-FORTIGATE-MIB", "1.3.6.1.4.1.12356.101.4.3.2.1",
          (Sensor(3, Physical.OTHER, words=_FORTINET_ALARM, judged=4),), 2),
    Table("HP-ICF-CHASSIS", f"{_HP}.1.2.6.1", (Sensor(4, _STATE, words=_HP_SENSOR),), 7),
    Table("FAN-MIB", f"{_HP}.5.1.54.2.1.1", (Sensor(4, _STATE, words=_HP_FAN),),
          called="Fan"),
    Table("POWERSUPPLY-MIB", f"{_HP}.5.1.55.1.1.1",
          (Sensor(2, _STATE, words=_HP_POWER), Sensor(4, _HEAT, suffix="temperature", unset=(0,)),
           Sensor(6, Physical.POWER, suffix="power", limits=(0, 0, 0, 7))),
          called="Power supply"),
    Table("HP-ICF-TRANSCEIVER-MIB", f"{_HP}.5.1.82.1.1.1.1",
          (Sensor(11, _HEAT, 1e-3, "temperature", limits=(19, 21, 20, 18), unset=(0,)),
           Sensor(12, _VOLTS, 1e-4, "voltage", limits=(23, 25, 24, 22), unset=(0,)),
           Sensor(13, Physical.CURRENT, 1e-6, "bias", limits=(27, 29, 28, 26), unset=(0,)),
           Sensor(14, Physical.SIGNAL, 1e-3, "transmit"),
           Sensor(15, Physical.SIGNAL, 1e-3, "receive")), 2),
)  # fmt: skip
"""All of them. A device that has none of a table is not asked for it again for an hour."""

GAUGES = "1.3.6.1.4.1.14988.1.1.3.100.1"
"""Of MIKROTIK-MIB: 2 is the name, 3 the value, 4 in what."""

GAUGE_UNITS: Mapping[int, tuple[Physical, float]] = {
    1: (Physical.TEMPERATURE, 1), 2: (Physical.FAN, 1), 3: (Physical.VOLTAGE, 0.1),
    4: (Physical.CURRENT, 0.1), 5: (Physical.POWER, 0.1), 6: (Physical.STATE, 1),
}  # fmt: skip
