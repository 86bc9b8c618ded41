"""A UPS in one line, whatever MIB it speaks."""

from collections.abc import Callable, Mapping, Sequence

from opsconsole.clean import Clean
from opsconsole.gear import Device, Sensed
from opsconsole.model import Column, Limits, Quantity, Row

_NUMBER, _STATE, _PERCENT = Quantity.NUMBER, Quantity.STATE, Quantity.PERCENT
_NETDATA = "netdata upsd"

LOAD = Limits(80, 95, _NETDATA)
CHARGE = Limits(75, 40, _NETDATA)
RUNTIME = Limits(1200, 900, "apcupsd: 15 min")
BATTERY_C = Limits(40, 55, "Zabbix APC UPS: 55 °C; ours: 40 °C")

COLUMNS = (
    Column("source", "SOURCE", _STATE, "where its output comes from", tallied=True),
    Column("battery", "BATTERY", _STATE, "state of the battery", tallied=True),
    Column("replace", "REPLACE", _STATE, "whether the battery is to be replaced"),
    Column("charge_percent", "CHARGE", _PERCENT, "charge, the lowest", CHARGE, history=True),
    Column("load_percent", "LOAD", _PERCENT, "load of the worst line", LOAD, history=True),
    Column("runtime_s", "RUNTIME", Quantity.SECONDS, "as it estimates", RUNTIME, history=True),
    Column("on_battery_s", "ON BATTERY", Quantity.SECONDS, "since it went on battery"),
    Column("input_v", "IN V", _NUMBER, "input voltage, the line farthest off", history=True),
    Column("input_hz", "IN HZ", _NUMBER, "input frequency", history=True),
    Column("output_v", "OUT V", _NUMBER, "output voltage, the line farthest off", history=True),
    Column("battery_c", "BATT °C", _NUMBER, "battery temperature, °C", BATTERY_C, history=True),
    Column("battery_v", "BATT V", _NUMBER, "battery voltage", history=True),
    Column("test", "LAST TEST", _STATE, "result of the last battery test"),
    Column("overload", "OVERLOAD", _STATE, "whether it says that its output is overloaded"),
    Column("link", "LINK", _STATE, "whether its card hears the UPS"),
    Column("alarms", "ALARMS", Quantity.COUNT, "alarms that it has"),
    Column("nominal_v", "NOMINAL V", _NUMBER, "of the input: as set up, or by the output"),
    Column("input_percent", "IN V%", _PERCENT, "input voltage, of the nominal one"),
    Column("input_hz_off", "HZ OFF", _NUMBER, "input frequency, off 50 or 60 Hz"),
)

_LINES = (100.0, 110.0, 115.0, 120.0, 127.0, 200.0, 208.0, 220.0, 230.0, 240.0, 277.0, 380.0,
          400.0, 415.0, 480.0)  # fmt: skip
"""Voltages of mains."""

NEAR = 0.08
"""Share by which the output of a UPS may be off the voltage of its mains."""

JUDGED = ("source", "battery", "replace", "charge", "load", "runtime", "input_voltage",
          "input_frequency", "battery_temperature", "test", "overload", "link")  # fmt: skip
"""Roles that the rules of this line judge."""


def rows(device: Device, _before: Device | None) -> list[Row]:
    """One row of a UPS, none of anything else."""
    said = device.of("ups")
    if not {"source", "charge", "runtime", "battery"} & set(said):
        return []
    nominal = _nominal(said)
    volts = _worst(_values(said, "input_voltage"), nominal)
    hertz = _pick(said, "input_frequency", min)
    return [
        (
            _word(said, "source"), _word(said, "battery"), _word(said, "replace"),
            _pick(said, "charge", min), _pick(said, "load", max), _pick(said, "runtime", min),
            _pick(said, "on_battery", max), volts, hertz,
            _worst(_values(said, "output_voltage"), nominal),
            _pick(said, "battery_temperature", max), _pick(said, "battery_voltage", min),
            _word(said, "test"), _word(said, "overload"), _word(said, "link"),
            _pick(said, "alarms", max), nominal,
            round(100 * volts / nominal, 1) if volts is not None and nominal else None,
            None if not hertz else round(min(abs(hertz - 50), abs(hertz - 60)), 2),
        )
    ]  # fmt: skip


def _values(said: Mapping[str, Sequence[Sensed]], role: str) -> list[float]:
    several = (one.reading.value for one in said.get(role, ()))
    return [value for value in several if value is not None]


def _pick(
    said: Mapping[str, Sequence[Sensed]], role: str, which: Callable[[list[float]], float]
) -> float | None:
    values = _values(said, role)
    return which(values) if values else None


def _word(said: Mapping[str, Sequence[Sensed]], role: str) -> Clean:
    """The worst of what is said, where several say it."""
    found = sorted(said.get(role, ()), key=lambda one: -(one.reading.judged or 0))
    return found[0].reading.word if found else Clean("")


def _worst(values: Sequence[float], nominal: float | None) -> float | None:
    """The line that is farthest off."""
    if not values:
        return None
    return max(values, key=lambda one: abs(one - (nominal or sum(values) / len(values))))


def _nominal(said: Mapping[str, Sequence[Sensed]]) -> float | None:
    """What the input should be: as the device is set up, or as its output tells, which it keeps."""
    told = [value for value in _values(said, "nominal_voltage") if value > 0]
    if told:
        return told[0]
    for output in _values(said, "output_voltage"):
        near = min(_LINES, key=lambda one: abs(one - output))
        if abs(near - output) <= NEAR * near:
            return near
    return None
