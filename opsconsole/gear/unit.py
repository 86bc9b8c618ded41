"""Units as devices say them, and what each is in the unit of what is measured."""

import math
from collections.abc import Mapping

from opsconsole.reading import UNITS, Physical

Line = tuple[float, float]
"""Factor, and what is added after it."""

_PERCENT: Mapping[str, Line] = {"%": (1, 0), "1": (100, 0), "‰": (0.1, 0)}

CONVERSIONS: Mapping[str, Mapping[str, Line]] = {
    "°C": {"°C": (1, 0), "°F": (5 / 9, -160 / 9), "K": (1, -273.15)},
    "%RH": _PERCENT,
    "%": _PERCENT,
    "L/s": {"L/s": (1, 0), "CFM": (0.47194745, 0), "m³/h": (1 / 3.6, 0), "m³/min": (1000 / 60, 0),
            "m³/s": (1000, 0), "L/min": (1 / 60, 0)},
    "L/min": {"L/min": (1, 0), "L/s": (60, 0), "L/h": (1 / 60, 0), "m³/h": (1000 / 60, 0),
              "gal/min": (3.785411784, 0)},
    "kPa": {"kPa": (1, 0), "Pa": (0.001, 0), "hPa": (0.1, 0), "mbar": (0.1, 0), "bar": (100, 0),
            "psi": (6.894757, 0), "inH2O": (0.249089, 0), "mmHg": (0.1333224, 0)},
    "rpm": {"rpm": (1, 0), "Hz": (60, 0)},
    "V": {"V": (1, 0), "mV": (1e-3, 0), "µV": (1e-6, 0), "kV": (1e3, 0)},
    "A": {"A": (1, 0), "mA": (1e-3, 0), "µA": (1e-6, 0), "kA": (1e3, 0)},
    "W": {"W": (1, 0), "mW": (1e-3, 0), "kW": (1e3, 0), "MW": (1e6, 0), "BTU/h": (0.29307107, 0)},
    "VA": {"VA": (1, 0), "mVA": (1e-3, 0), "kVA": (1e3, 0)},
    "kWh": {"kWh": (1, 0), "Wh": (1e-3, 0), "MWh": (1e3, 0), "kJ": (1 / 3600, 0)},
    "Hz": {"Hz": (1, 0), "mHz": (1e-3, 0), "kHz": (1e3, 0), "MHz": (1e6, 0)},
    "s": {"s": (1, 0), "ms": (1e-3, 0), "µs": (1e-6, 0), "ns": (1e-9, 0), "min": (60, 0),
          "h": (3600, 0), "d": (86400, 0), "ticks": (0.01, 0)},
    "dBm": {"dBm": (1, 0)},
}  # fmt: skip
"""By the unit of what is measured: what each unit of a device is in it."""

LOGARITHMIC: Mapping[str, float] = {"mW": 1.0, "µW": 1e-3}
"""Powers that a signal in dBm may be given as: how many milliwatts each is."""

_SAID: Mapping[str, str] = {
    "c": "°C", "degc": "°C", "deg c": "°C", "celsius": "°C", "degrees c": "°C",
    "f": "°F", "degf": "°F", "deg f": "°F", "fahrenheit": "°F", "degrees f": "°F",
    "k": "K", "kelvin": "K", "volt": "V", "volts": "V", "v dc": "V", "v ac": "V", "v": "V",
    "a": "A", "amp": "A", "amps": "A", "ampere": "A", "amperes": "A", "ma": "mA", "mv": "mV",
    "w": "W", "watt": "W", "watts": "W", "kw": "kW", "va": "VA", "kva": "kVA", "hz": "Hz",
    "kwh": "kWh", "wh": "Wh", "percent": "%", "% rh": "%", "%rh": "%", "rh%": "%", "rh": "%",
    "cfm": "CFM", "m3/h": "m³/h", "l/min": "L/min", "l/s": "L/s", "pa": "Pa", "bar": "bar",
    "rpm": "rpm", "sec": "s", "seconds": "s", "minutes": "min", "hours": "h",
}  # fmt: skip
"""Units as texts of devices spell them, in small letters."""


def spelt(said: str) -> str:
    """The unit that a device's own text means, or the text itself."""
    plain = said.replace("\u00ba", "°").strip()
    return _SAID.get(plain.lower().removeprefix("°"), plain)


def known(physical: Physical, unit: str) -> bool:
    """Whether a value of that kind can be given in that unit."""
    if physical in {Physical.OTHER, Physical.COUNT, Physical.STATE} or not unit:
        return True
    if physical is Physical.SIGNAL and unit in LOGARITHMIC:
        return True
    if physical is Physical.FACTOR:
        return unit in {"%", "1"}
    return unit in CONVERSIONS[UNITS[physical]]


def units(physical: Physical) -> tuple[str, ...]:
    """All units in which a value of that kind can be given."""
    if physical is Physical.FACTOR:
        return "1", "%"
    found = tuple(CONVERSIONS.get(UNITS[physical], {}))
    return found + tuple(LOGARITHMIC) if physical is Physical.SIGNAL else found


def converted(physical: Physical, unit: str, value: float) -> float | None:
    """A value in the unit of what is measured; None where it has none there (no light at all)."""
    if not unit or physical in {Physical.OTHER, Physical.COUNT, Physical.STATE}:
        return value
    if physical is Physical.SIGNAL and unit in LOGARITHMIC:
        power = value * LOGARITHMIC[unit]
        return 10 * math.log10(power) if power > 0 else None
    if physical is Physical.FACTOR:
        return value / 100 if unit == "%" else value
    line = CONVERSIONS[UNITS[physical]].get(unit)
    if line is None:
        return None
    return value if line == (1, 0) else value * line[0] + line[1]


PLAUSIBLE: Mapping[Physical, tuple[float, float]] = {
    Physical.TEMPERATURE: (-90, 1500),
    Physical.DEW_POINT: (-100, 100),
    Physical.HUMIDITY: (0, 100.5),
    Physical.CHARGE: (0, 110),
    Physical.LEVEL: (0, 110),
    Physical.LOAD: (0, 1000),
    Physical.RUNTIME: (0, 366 * 86400),
    Physical.FREQUENCY: (0, 1e10),
    Physical.FAN: (0, 1e6),
    Physical.SIGNAL: (-200, 100),
}
"""Between what a value lies if it is one: what a device says of a sensor that is not there lies
beyond."""


def plausible(physical: Physical, value: float) -> bool:
    """Whether a value can be one of that kind at all."""
    low, high = PLAUSIBLE.get(physical, (-1e15, 1e15))
    return low <= value <= high
