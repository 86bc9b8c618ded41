"""What a raw value of a field device means: name, unit, words, limits, and what is no value."""

import math
from collections.abc import Mapping

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.model import Level
from opsconsole.reading import UNITS, Physical, Place, Reading, Span

MOST = 1e15
"""A value beyond it is none: an energy meter of a whole country has less."""

_CONVERSIONS: Mapping[Physical, Mapping[str, tuple[float, float]]] = {
    Physical.TEMPERATURE: {"°F": (5 / 9, -160 / 9), "K": (1, -273.15)},
    Physical.DEW_POINT: {"°F": (5 / 9, -160 / 9), "K": (1, -273.15)},
    Physical.AIRFLOW: {"m3/h": (1 / 3.6, 0), "m3/s": (1000, 0), "cfm": (0.4719474432, 0)},
    Physical.FLOW: {"L/s": (60, 0), "m3/h": (1000 / 60, 0), "gpm": (3.785411784, 0)},
    Physical.PRESSURE: {
        "Pa": (0.001, 0), "hPa": (0.1, 0), "mbar": (0.1, 0), "bar": (100, 0),
        "psi": (6.894757293, 0),
    },
    Physical.VOLTAGE: {"mV": (0.001, 0), "kV": (1000, 0)},
    Physical.CURRENT: {"mA": (0.001, 0), "kA": (1000, 0)},
    Physical.POWER: {"kW": (1000, 0), "MW": (1e6, 0)},
    Physical.APPARENT: {"kVA": (1000, 0), "MVA": (1e6, 0)},
    Physical.ENERGY: {"Wh": (0.001, 0), "MWh": (1000, 0)},
    Physical.FREQUENCY: {"kHz": (1000, 0)},
    Physical.RUNTIME: {"min": (60, 0), "h": (3600, 0)},
    Physical.DELAY: {"ms": (0.001, 0), "min": (60, 0)},
    Physical.FACTOR: {"%": (0.01, 0)},
}  # fmt: skip
"""Factor and what is added, to come from another unit to that of `UNITS`."""


class Meaning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every entry of a map can say of its value; limits are in the unit that is shown."""

    name: str = ""
    """Its key in the map unless it is given."""
    physical: Physical = Physical.OTHER
    unit: str = ""
    """What the device counts in; that of the physical unless it is given."""
    scale: float = 1.0
    """The raw value times this, plus `offset`, is in `unit`."""
    offset: float = 0.0
    enum: dict[str, str] = {}
    """Words for raw values."""
    warning: list[str] = []
    """Words of `enum` that are a warning."""
    critical: list[str] = []
    missing: list[float | str] = []
    """Raw values that are none: the sensor is not fitted."""
    place: Place = Place.UNKNOWN
    low_crit: float | None = None
    low_warn: float | None = None
    high_warn: float | None = None
    high_crit: float | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for what makes no sense."""
        for key in ("scale", "offset", "low_crit", "low_warn", "high_warn", "high_crit"):
            number: float | None = getattr(self, key)
            if number is not None and not abs(number) <= MOST:
                raise ValueError(f"{key} is no finite number")
        if not self.scale:
            raise ValueError("scale is 0: every value would be the same")
        known = [one for one in self.ends if one is not None]
        if known != sorted(known):
            raise ValueError("limits must rise: low_crit, low_warn, high_warn, high_crit")
        if self._turn is None:
            allowed = ", ".join((UNITS[self.physical] or "none", *_known(self.physical)))
            raise ValueError(f"unit {self.unit!r} of {self.physical.value}; allowed: {allowed}")
        said = set(self.enum.values())
        strange = [word for word in (*self.warning, *self.critical) if word not in said]
        if strange:
            raise ValueError(f"{strange[0]!r} in warning or critical is no word of enum")

    @property
    def of_state(self) -> bool:
        """Whether it says a word, and no number."""
        return self.physical is Physical.STATE or bool(self.enum)

    @property
    def ends(self) -> tuple[float | None, float | None, float | None, float | None]:
        """The limits, the lowest first."""
        return self.low_crit, self.low_warn, self.high_warn, self.high_crit

    @property
    def _turn(self) -> tuple[float, float] | None:
        if self.physical is Physical.OTHER or self.unit in {"", UNITS[self.physical]}:
            return 1.0, 0.0
        return _known(self.physical).get(self.unit)

    @property
    def shown_unit(self) -> str:
        """The unit of what is shown, of limits and of what is written."""
        return self.unit if self.physical is Physical.OTHER else UNITS[self.physical]

    def value(self, raw: float) -> float | None:
        """A raw number in the unit that is shown; None when it is none."""
        factor, added = self._turn or (1.0, 0.0)
        return finite((raw * self.scale + self.offset) * factor + added)

    def raw(self, value: float) -> float:
        """What to write for a value; the other way round."""
        factor, added = self._turn or (1.0, 0.0)
        return ((value - added) / factor - self.offset) / self.scale

    def lacks(self, raw: float | str) -> bool:
        """Whether the raw value stands for none."""
        return raw in self.missing


def _known(physical: Physical) -> Mapping[str, tuple[float, float]]:
    return _CONVERSIONS.get(physical, {})


def physical_of(unit: str) -> tuple[Physical, float, float] | None:
    """The only thing that is measured in a unit, with factor and what is added; None if several."""
    found: list[tuple[Physical, float, float]] = []
    for physical in Physical if unit else ():
        turn = (1.0, 0.0) if unit == UNITS[physical] else _known(physical).get(unit)
        if turn is not None:
            found.append((physical, *turn))
    return found[0] if len(found) == 1 else None


def finite(value: float) -> float | None:
    """A number that can be shown, with the noise of binary fractions taken off."""
    return float(f"{value:.9g}") if abs(value) <= MOST and math.isfinite(value) else None


def reading(
    key: str,
    meaning: Meaning,
    raw: float | str | None,
    source: str,
    whose: str,
    said: tuple[str, Level] | None = None,
) -> Reading:
    """A raw value as a reading; `said` is a word and how bad it is, where the wire knows one.

    `whose` names the map, for the limits. Raw text that is no number is a word.
    """
    level: Level | None = None
    value: float | None = None
    word = ""
    if raw is None or meaning.lacks(raw):
        word, level = ("not fitted" if raw is not None else "unknown"), Level.UNKNOWN
    elif meaning.enum:
        word, level = _worded(meaning, raw)
    elif isinstance(raw, str):
        word = raw
    else:
        value = meaning.value(raw)
        word = "" if value is not None else "absurd"
    if said is not None:
        word, level = said
    return Reading(
        key=key,
        name=clean(meaning.name or key),
        physical=Physical.STATE if meaning.of_state else meaning.physical,
        value=None if meaning.of_state else value,
        word=_shown(word, value, meaning),
        judged=level,
        span=Span(*meaning.ends, whose) if any(x is not None for x in meaning.ends) else Span(),
        place=meaning.place,
        source=clean(source),
        unit=meaning.unit,
    )


def _worded(meaning: Meaning, raw: float | str) -> tuple[str, Level]:
    written = f"{raw:g}" if isinstance(raw, float) else str(raw)
    word = meaning.enum.get(written)
    if word is None:
        return f"{written}: not in the map", Level.UNKNOWN
    if word in meaning.critical:
        return word, Level.CRIT
    return word, Level.WARN if word in meaning.warning else Level.OK


def _shown(word: str, value: float | None, meaning: Meaning) -> Clean:
    """A state without words is its number."""
    if not word and value is not None and meaning.of_state:
        return Clean(f"{value:g}")
    return clean(word)
