"""Sites, rooms and racks by their sensors: the worst of each counts, and never a mean."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Level, Quantity, Row, Value
from opsconsole.reading import UNITS, Physical, Place

READINGS = ".reading"
"""How probes of sensors end, whatever kind they are of."""

LABELS = ("site", "room", "rack")
"""Labels of a target that say where it is, the widest first."""

WHOLE = Clean("*")
"""Stands for all rooms of a site, and all racks of a room."""

LEVELS: Mapping[str, Level] = {
    "critical": Level.CRIT, "warning": Level.WARN, "ok": Level.OK, "unknown": Level.UNKNOWN,
}  # fmt: skip
"""What the state of a reading says."""

_STATES = {Level.OK: Clean("ok"), Level.UNKNOWN: Clean("unknown"), Level.WARN: Clean("warning"),
           Level.CRIT: Clean("critical")}  # fmt: skip

Spot = tuple[Clean, Clean, Clean]
"""Site, room, rack; empty where the estate does not say it."""


class Sensor(NamedTuple):
    """One reading, and where it was read."""

    target: str
    probe: str
    row: Row
    """As its probe has it."""
    name: Clean
    physical: str
    place: str
    value: float | None
    word: Clean
    level: Level

    @property
    def told(self) -> Clean:
        """`ups-a ambient temperature 33.5 °C`."""
        unit = UNITS.get(Physical(self.physical), "") if self.physical in _PHYSICALS else ""
        said = self.word if self.value is None else f"{self.value:g} {unit}".strip()
        return clean(f"{self.target} {self.name} {said}".strip(), 120)


_PHYSICALS = frozenset(Physical)


def sensors(
    target: str, probe: str, columns: Sequence[Column], rows: Iterable[Row]
) -> list[Sensor]:
    """Readings of a target that say something, from rows with the columns of readings."""
    at = {column.key: place for place, column in enumerate(columns)}
    found: list[Sensor] = []
    for row in rows:
        value = row[at["value"]]
        number = float(value) if _is_number(value) else None  # type: ignore[arg-type]
        word = clean(str(row[at["word"]] or ""), 60)
        if number is None and not word:
            continue
        state = str(row[at["judged"]] or "unknown")
        found.append(
            Sensor(target, probe, row, clean(str(row[at["name"]] or row[at["key"]]), 80),
                   str(row[at["physical"]]), str(row[at["place"]] or ""), number, word,
                   LEVELS.get(state, Level.UNKNOWN))
        )  # fmt: skip
    return found


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


# -- what is shown of a place -------------------------------------------------------------------

_AIR = frozenset({Place.OUTLET.value, Place.ROOM.value, Place.UNKNOWN.value})

_WORDS = {
    "leak": ("leak", "water", "flood", "moisture", "wet", "\N{CJK UNIFIED IDEOGRAPH-6F0F}"),
    "smoke": ("smoke", "fire", "\N{CJK UNIFIED IDEOGRAPH-70DF}"),
    "door": ("door", "cabinet lock", "\N{CJK UNIFIED IDEOGRAPH-95E8}"),
}
"""What a state is about, by words of its name."""


def about(sensor: Sensor) -> str:
    """The column of a place that a sensor counts for; empty for none."""
    physical, place = sensor.physical, sensor.place
    if physical == Physical.TEMPERATURE:
        if place == Place.INLET:
            return "inlet"
        return "air" if place in _AIR else ""
    if physical == Physical.STATE:
        name = sensor.name.lower()
        return next((key for key, words in _WORDS.items() if any(w in name for w in words)), "")
    if place == Place.INSIDE:
        return ""
    return _MEASURED.get(physical, "")


_MEASURED = {Physical.HUMIDITY.value: "humidity", Physical.DEW_POINT.value: "dew",
             Physical.AIRFLOW.value: "airflow"}  # fmt: skip

_LOW = frozenset({"airflow"})
"""What is the worse the less it is."""


@dataclass(slots=True)
class Digest:
    """The worst of some sensors."""

    worst: Sensor | None = None
    by: dict[str, Sensor] = field(default_factory=dict[str, Sensor])
    """The worst by column."""
    counts: dict[Level, int] = field(default_factory=dict[Level, int])
    silent: int = 0
    """Targets that do not answer: nobody knows what they would say."""

    def take(self, sensor: Sensor) -> None:
        """Count one."""
        self.counts[sensor.level] = self.counts.get(sensor.level, 0) + 1
        if self.worst is None or sensor.level > self.worst.level:
            self.worst = sensor
        if column := about(sensor):
            self._keep(column, sensor)

    def _keep(self, column: str, sensor: Sensor) -> None:
        known = self.by.get(column)
        if known is None or _worse(column, sensor) > _worse(column, known):
            self.by[column] = sensor

    def add(self, other: "Digest") -> None:
        """Count those of another one, too."""
        if other.worst and (self.worst is None or other.worst.level > self.worst.level):
            self.worst = other.worst
        for column, sensor in other.by.items():
            self._keep(column, sensor)
        for level, count in other.counts.items():
            self.counts[level] = self.counts.get(level, 0) + count
        self.silent += other.silent

    @property
    def level(self) -> Level:
        """Of the worst; not known where somebody is silent and nothing worse is heard."""
        found = Level.OK if self.worst is None else self.worst.level
        if not self.counts and not self.silent:
            return Level.UNKNOWN
        return max(found, Level.UNKNOWN) if self.silent else found


def _worse(column: str, sensor: Sensor) -> tuple[int, float]:
    value = sensor.value or 0.0
    return sensor.level, -value if column in _LOW else value


def digest(found: Iterable[Sensor]) -> Digest:
    """The worst of these."""
    made = Digest()
    for sensor in found:
        made.take(sensor)
    return made


def spot(labels: Mapping[str, str]) -> Spot:
    """Where a target is."""
    site, room, rack = (clean(labels.get(label, ""), 60) for label in LABELS)
    return site, room, rack


def tree(places: Mapping[Spot, Digest]) -> list[tuple[Spot, Digest]]:
    """Each place, and before its parts each room and site that has several, as a whole.

    A whole is as bad as the worst of its parts.
    """
    wholes: dict[Spot, list[Spot]] = {}
    for site, room, rack in places:
        wholes.setdefault((site, WHOLE, WHOLE), []).append((site, room, rack))
        wholes.setdefault((site, room, WHOLE), []).append((site, room, rack))
    found: dict[Spot, Digest] = dict(places)
    for whole, parts in wholes.items():
        rooms = {part[1] for part in parts}
        if len(parts) < 2 or (whole[1] == WHOLE and len(rooms) < 2):
            continue
        found[whole] = made = Digest()
        for part in parts:
            made.add(places[part])
    return sorted(found.items(), key=lambda one: tuple((n != WHOLE, n) for n in one[0]))


_TEXT, _COUNT, _NUMBER = Quantity.TEXT, Quantity.COUNT, Quantity.NUMBER
_OF = "of all readings there: "

COLUMNS = (
    Column("state", "STATE", Quantity.STATE, f"{_OF}the worst one; unknown where one is silent"),
    Column("site", "SITE", _TEXT, "label site of the target"),
    Column("room", "ROOM", _TEXT, "label room of the target; * is all of the site"),
    Column("rack", "RACK", _TEXT, "label rack of the target; * is all of the room"),
    Column("worst", "WORST", _TEXT, f"{_OF}the worst one, where it is not well"),
    Column("inlet_c", "INLET °C", _NUMBER, f"{_OF}temperature at inlets, the worst"),
    Column("air_c", "AIR °C", _NUMBER, f"{_OF}temperature of other air, the worst"),
    Column("humidity_percent", "%RH", _NUMBER, f"{_OF}humidity, the worst"),
    Column("dew_c", "DEW °C", _NUMBER, f"{_OF}dew point, the worst"),
    Column("airflow", "AIRFLOW", _NUMBER, f"{_OF}airflow, the worst, in L/s"),
    Column("leak", "LEAK", _TEXT, f"{_OF}states of water and leaks, the worst"),
    Column("smoke", "SMOKE", _TEXT, f"{_OF}states of smoke and fire, the worst"),
    Column("door", "DOOR", _TEXT, f"{_OF}states of doors, the worst"),
    Column("critical", "CRIT", _COUNT, f"{_OF}how many are critical"),
    Column("warning", "WARN", _COUNT, f"{_OF}how many are a warning"),
    Column("sensors", "SENSORS", _COUNT, f"{_OF}how many there are"),
    Column("silent", "SILENT", _COUNT, "targets with readings that do not answer"),
)

_Cell = Callable[[Sensor | None], Value]


def _value(sensor: Sensor | None) -> Value:
    return None if sensor is None else sensor.value


def _word(sensor: Sensor | None) -> Value:
    return Clean("") if sensor is None else sensor.word


_CELLS: tuple[tuple[str, _Cell], ...] = (
    ("inlet", _value), ("air", _value), ("humidity", _value), ("dew", _value),
    ("airflow", _value), ("leak", _word), ("smoke", _word), ("door", _word),
)  # fmt: skip


def row(place: Spot, found: Digest) -> Row:
    """A place in the columns of `COLUMNS`."""
    worst = found.worst
    bad = worst is not None and worst.level > Level.UNKNOWN
    return (
        _STATES[found.level],
        *map(clean, place),
        worst.told if worst is not None and bad else Clean(""),
        *(cell(found.by.get(column)) for column, cell in _CELLS),
        found.counts.get(Level.CRIT, 0),
        found.counts.get(Level.WARN, 0),
        sum(found.counts.values()),
        found.silent,
    )
