"""Readings of the physical world: one row per sensor, whatever wire it came by, judged alike."""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Level, Limits, Quantity, Row
from opsconsole.rule import Bound, Condition, Measure, Rule
from opsconsole.spec import Probe


class Physical(enum.StrEnum):
    """What is measured; `UNITS` says in what."""

    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    DEW_POINT = "dew point"
    AIRFLOW = "airflow"
    FLOW = "flow"
    PRESSURE = "pressure"
    FAN = "fan"
    VOLTAGE = "voltage"
    CURRENT = "current"
    POWER = "power"
    APPARENT = "apparent power"
    FACTOR = "power factor"
    ENERGY = "energy"
    FREQUENCY = "frequency"
    LOAD = "load"
    CHARGE = "charge"
    RUNTIME = "runtime"
    LEVEL = "level"
    PERCENT = "percent"
    SIGNAL = "signal"
    DELAY = "delay"
    COUNT = "count"
    STATE = "state"
    """A word, and no number: doors, leaks, smoke, power supplies."""
    OTHER = "other"
    """A number whose unit its name tells."""


UNITS: Mapping[Physical, str] = {
    Physical.TEMPERATURE: "°C", Physical.HUMIDITY: "%RH", Physical.DEW_POINT: "°C",
    Physical.AIRFLOW: "L/s", Physical.FLOW: "L/min", Physical.PRESSURE: "kPa",
    Physical.FAN: "rpm", Physical.VOLTAGE: "V", Physical.CURRENT: "A", Physical.POWER: "W",
    Physical.APPARENT: "VA", Physical.FACTOR: "", Physical.ENERGY: "kWh",
    Physical.FREQUENCY: "Hz", Physical.LOAD: "%", Physical.CHARGE: "%", Physical.RUNTIME: "s",
    Physical.LEVEL: "%", Physical.PERCENT: "%", Physical.SIGNAL: "dBm", Physical.DELAY: "s",
    Physical.COUNT: "", Physical.STATE: "", Physical.OTHER: "",
}  # fmt: skip
"""The unit of each; what a device says in another one is converted where it is read."""


class Place(enum.StrEnum):
    """Where a sensor sits, as far as its limits depend on it."""

    INLET = "inlet"
    """Air before it cools: the front of a rack, the supply of a cooling unit."""
    OUTLET = "outlet"
    ROOM = "room"
    INSIDE = "inside"
    """Of a device: a board, a processor, a battery."""
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value becomes a warning and critical, at both ends; None where there is no end."""

    low_crit: float | None = None
    low_warn: float | None = None
    high_warn: float | None = None
    high_crit: float | None = None
    source: str = ""
    """Whose limits they are: `device`, the name of a profile or map, `default: …`."""

    def level(self, value: float) -> Level:
        """Judge one value. At a limit it is beyond it."""
        if _below(value, self.low_crit) or _above(value, self.high_crit):
            return Level.CRIT
        if _below(value, self.low_warn) or _above(value, self.high_warn):
            return Level.WARN
        return Level.OK


def _below(value: float, limit: float | None) -> bool:
    return limit is not None and value <= limit


def _above(value: float, limit: float | None) -> bool:
    return limit is not None and value >= limit


NO_LIMITS = Span()

NOTHING = Clean("")

_GB = "default: GB 50174 and ASHRAE, cold aisle 18-27 °C"
_OURS = "default of this console"

DEFAULTS: Mapping[tuple[Physical, Place], Span] = {
    (Physical.TEMPERATURE, Place.INLET): Span(10, 15, 27, 32, _GB),
    (Physical.TEMPERATURE, Place.ROOM): Span(5, 10, 30, 35, _OURS),
    (Physical.HUMIDITY, Place.INLET): Span(8, 20, 60, 80, _OURS),
    (Physical.HUMIDITY, Place.ROOM): Span(8, 20, 60, 80, _OURS),
    (Physical.DEW_POINT, Place.INLET): Span(None, 5.5, 15, None, _OURS),
    (Physical.DEW_POINT, Place.ROOM): Span(None, 5.5, 15, None, _OURS),
    (Physical.CHARGE, Place.UNKNOWN): Span(40, 75, None, None, "default: netdata upsd"),
    (Physical.LOAD, Place.UNKNOWN): Span(None, None, 80, 95, "default: netdata upsd"),
}
"""Limits where neither the device nor its profile has any."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One sensor at one moment."""

    key: str
    """What tells it from the others of its target, and stays: an OID, a point, a topic."""
    name: Clean
    """As the device or its owner calls it."""
    physical: Physical
    value: float | None
    """In the unit of `physical`; None where it is not known or the sensor is not fitted."""
    word: Clean = NOTHING
    """Of a state: what the device says of it. Of a number without a value: why, `not fitted`."""
    judged: Level | None = None
    """What the device itself or its profile thinks of it; None leaves it to the limits."""
    span: Span = NO_LIMITS
    place: Place = Place.UNKNOWN
    source: Clean = NOTHING
    """OID, register, topic or path, for the help on it."""
    unit: str = ""
    """Of `OTHER` only."""
    role: Clean = NOTHING
    """What it is to its device, where rules of their own judge that: `ups.charge`."""

    @property
    def limits(self) -> Span:
        """Its own limits, or those that hold for such a sensor in such a place."""
        if self.span != NO_LIMITS:
            return self.span
        return DEFAULTS.get((self.physical, self.place), NO_LIMITS)

    @property
    def level(self) -> Level:
        """The worse of what the device thinks and what its value is against the limits."""
        if self.value is None:
            return Level.OK if self.judged is None else self.judged
        own = self.limits.level(self.value)
        return own if self.judged is None else max(own, self.judged, key=_badness)


def _badness(level: Level) -> int:
    return 0 if level is Level.UNKNOWN else level


_WORDS = {
    Level.OK: Clean("ok"), Level.UNKNOWN: Clean("unknown"), Level.WARN: Clean("warning"),
    Level.CRIT: Clean("critical"),
}  # fmt: skip

SHOWN = ("judged", "name", "physical", "value", "unit", "word", "high_warn", "high_crit")
"""Columns of a pane of readings at first."""


def columns(source: str) -> tuple[Column, ...]:
    """Columns of readings, the same for each kind of target; `source` says whence they come."""
    number = Quantity.NUMBER
    return (
        Column("key", "SENSOR", Quantity.TEXT, source),
        Column("name", "NAME", Quantity.TEXT, f"{source}: as the device calls it"),
        Column("physical", "WHAT", Quantity.TEXT, f"{source}: what is measured"),
        Column("value", "VALUE", number, f"{source}: the value in UNIT", history=True),
        Column("unit", "UNIT", Quantity.TEXT, "unit of VALUE and its limits"),
        Column("word", "SAYS", Quantity.TEXT, f"{source}: a state in words", tallied=True),
        Column("judged", "STATE", Quantity.STATE, "the device's own opinion, or the limits beside"),
        Column("low_crit", "LOW CRIT", number, "limits: see WHOSE"),
        Column("low_warn", "LOW WARN", number, "limits: see WHOSE"),
        Column("high_warn", "HIGH WARN", number, "limits: see WHOSE"),
        Column("high_crit", "HIGH CRIT", number, "limits: see WHOSE"),
        Column("whose", "WHOSE", Quantity.TEXT, "whose limits they are"),
        Column("place", "PLACE", Quantity.TEXT, "inlet, outlet, room or inside"),
        Column("source", "SOURCE", Quantity.TEXT, source),
        Column("role", "ROLE", Quantity.TEXT, "what it is to its device: ups.charge"),
    )


def row(one: Reading) -> Row:
    """A reading as a row of `columns`."""
    limits = one.limits
    return (
        clean(one.key),
        one.name,
        Clean(one.physical.value),
        one.value,
        clean(one.unit) if one.physical is Physical.OTHER else Clean(UNITS[one.physical]),
        one.word,
        _WORDS[one.level],
        limits.low_crit,
        limits.low_warn,
        limits.high_warn,
        limits.high_crit,
        clean(limits.source),
        Clean(one.place.value),
        one.source,
        one.role,
    )


def _rows(readings: Sequence[Reading], _before: Sequence[Reading] | None) -> list[Row]:
    return [row(one) for one in readings]


def probe(
    kind: str, exchange: str, source: str, read: Callable[[bytes], Sequence[Reading]]
) -> Probe[Sequence[Reading]]:
    """The probe `KIND.reading`: one row per sensor of a target, always parsed, for rules."""
    return Probe(
        f"{kind}.reading", "Readings", exchange, columns(source), ("key",), read, _rows,
        on_demand=False, quiet=True, named=("name",),
    )  # fmt: skip


SUMMARY = ("critical", "warning", "worst", "hottest_c", "readings")
"""Columns of `summary`."""


def summary(
    kind: str, exchange: str, source: str, read: Callable[[bytes], Sequence[Reading]]
) -> Probe[Sequence[Reading]]:
    """The probe `KIND.summary`: the readings of a target in one line, for the list of targets.

    Worst and hottest are those of single sensors: a mean would hide a hot rack.
    """
    count = Quantity.COUNT
    return Probe(
        f"{kind}.summary", "Readings in short", exchange,
        (
            Column("critical", "CRITICAL", count, f"{source}: readings beyond a critical limit",
                   Limits(1, 1, "any")),
            Column("warning", "WARNING", count, f"{source}: readings beyond a warning limit",
                   Limits(1, 1e9, "any")),
            Column("worst", "WORST", Quantity.TEXT, f"{source}: the worst reading"),
            Column("hottest_c", "HOTTEST", Quantity.NUMBER,
                   f"{source}: the hottest sensor in the air, °C", history=True),
            Column("readings", "READINGS", count, f"{source}: sensors with a value or a word"),
        ),
        (), read, _summed, on_demand=False,
    )  # fmt: skip


_IN_AIR = frozenset({Place.INLET, Place.OUTLET, Place.ROOM, Place.UNKNOWN})


def _summed(readings: Sequence[Reading], _before: Sequence[Reading] | None) -> list[Row]:
    levels = [one.level for one in readings]
    worst = max(readings, key=lambda one: _badness(one.level), default=None)
    bad = worst is not None and _badness(worst.level) >= Level.WARN
    air = [
        one.value
        for one in readings
        if one.physical is Physical.TEMPERATURE and one.place in _IN_AIR and one.value is not None
    ]
    return [
        (
            levels.count(Level.CRIT),
            levels.count(Level.WARN),
            _told(worst) if worst is not None and bad else Clean(""),
            max(air, default=None),
            sum(one.value is not None or one.physical is Physical.STATE for one in readings),
        )
    ]


def _told(one: Reading) -> Clean:
    said = one.word if one.value is None else f"{one.value:g} {UNITS[one.physical] or one.unit}"
    return clean(f"{one.name} {said}".strip(), 80)


def rules(kind: str, remedies: tuple[str, ...], elsewhere: Sequence[str] = ()) -> tuple[Rule, ...]:
    """The rule `KIND.reading`: a sensor is beyond its limits, or the device calls it bad.

    `elsewhere` are roles that other rules judge.
    """
    return (
        Rule(
            f"{kind}.reading",
            "reading out of limits",
            "A sensor is beyond the limits that its row names, or its device calls it bad.",
            f"{kind}.reading",
            "judged",
            "limits of the device, else of its profile, else the defaults that the row names",
            remedies,
            words={"warning": Level.WARN, "critical": Level.CRIT},
            tells=("name", "value", "unit", "word"),
            for_s=60.0,
            clear_for_s=120.0,
            guards=tuple(Condition("role", "!=", one) for one in elsewhere),
        ),
    )


RISE_C, RISE_S = 5.0, 900.0
"""Degrees by which the air gets warmer within these seconds when its cooling has stopped."""


def rising(kind: str) -> tuple[Rule, ...]:
    """The rule `KIND.rising`: the air gets warm fast, long before it is too warm."""
    return (
        Rule(
            f"{kind}.rising",
            "air gets warm fast",
            "The temperature of the air rose by more than 5 °C in a quarter of an hour.",
            f"{kind}.reading",
            "value",
            "ours; below 18 °C it is the cold that goes: GB 50174",
            (
                "See whether the cooling of that room runs: `:places` tells its other sensors.",
                "Shut down what can wait.",
            ),
            measure=Measure.RISE,
            window_s=RISE_S,
            tells=("name",),
            crit=Bound(RISE_C, RISE_C - 2),
            guards=(
                Condition("physical", "==", Physical.TEMPERATURE),
                # What comes out of a machine, and what is in it, follows its work.
                Condition("place", "!=", Place.OUTLET),
                Condition("place", "!=", Place.INSIDE),
                Condition("value", ">=", 18.0),
            ),
            for_s=60.0,
        ),
    )
