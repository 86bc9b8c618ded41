"""Sensors by ENTITY-SENSOR-MIB, and by Cisco's own edition of it, which has limits as well."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.network import mib
from opsconsole.model import Level
from opsconsole.question import Part
from opsconsole.reading import NO_LIMITS, NOTHING, Physical, Place, Reading, Span
from opsconsole.varbind import Value

NAMES = "1.3.6.1.2.1.47.1.1.1.1"
STANDARD, CISCO = "1.3.6.1.2.1.99.1.1.1", "1.3.6.1.4.1.9.9.91.1.1.1.1"
"""By the index of ENTITY-MIB: type, scale, precision, value, state, units in words."""
THRESHOLDS = "1.3.6.1.4.1.9.9.91.1.2.1.1"
"""By entity and number: severity, relation, value."""

DEVICE = "device"

NO_LIGHT = -35.0
"""dBm that no receiver can see: what optics say without light. An empty port is no fault."""

_PHYSICAL = {
    3: Physical.VOLTAGE, 4: Physical.VOLTAGE, 5: Physical.CURRENT, 6: Physical.POWER,
    7: Physical.FREQUENCY, 8: Physical.TEMPERATURE, 9: Physical.HUMIDITY, 10: Physical.FAN,
    11: Physical.AIRFLOW, 12: Physical.STATE, 14: Physical.SIGNAL,
}  # fmt: skip
_CUBIC_METRES_PER_MINUTE = 1000 / 60
"""Of air, in litres per second."""

_EXPONENTS = (-24, -21, -18, -15, -12, -9, -6, -3, 0, 3, 6, 9, 12, 18, 15, 21, 24)
"""Of ten, by the number of the scale less one, in the MIB's own order."""

_UNAVAILABLE, _BROKEN = 2, 3
_PORT = 10
_MAJOR = 20
"""Severity from which a limit is critical."""

UNKNOWN = frozenset({-99, -255, 65535, 32767, 2147483647, -2147483648, 4294967295, -99999999})
"""Numbers by which devices say that there is none, besides those of single tables."""

EXTREME = 1_000_000_000
"""Beyond the sensor, says ENTITY-SENSOR-MIB."""


class Names:
    """What the entities of a device are called."""

    def __init__(self, part: Part) -> None:
        """`part` has columns 2, 4, 5 and 7 of ENTITY-MIB."""
        self._rows = mib.table(part, NAMES)

    def find(self, index: str) -> Clean:
        """The name of an entity, behind that of the port that it sits in; empty if it has none."""
        row = self._rows.get(index, mib.NOTHING)
        name = mib.words(row.get(7), 80) or mib.words(row.get(2), 80)
        port = self._port(row)
        if not name or not port or port.lower() in name.lower():
            return name
        return clean(f"{port} {name}", 120)

    def _port(self, row: Mapping[int, Value]) -> Clean:
        for _ in range(5):  # a sensor in optics in a bay in a port; some devices go in circles
            row = self._rows.get(str(row.get(4)), mib.NOTHING)
            if row.get(5) == _PORT:
                return mib.words(row.get(7), 60) or mib.words(row.get(2), 60)
        return NOTHING


def readings(standard: Part, cisco: Part, thresholds: Part, names: Names) -> list[Reading]:
    """All sensors of both tables, each entity once."""
    limits = _limits(mib.table(thresholds, THRESHOLDS))
    own = mib.table(cisco, CISCO)
    found = [_reading(CISCO, index, row, names, limits) for index, row in own.items()]
    found += [
        _reading(STANDARD, index, row, names, limits)
        for index, row in mib.table(standard, STANDARD).items()
        if index not in own
    ]
    return [one for one in found if one is not None]


def _factor(row: Mapping[int, Value]) -> float | None:
    """What a number of this sensor is multiplied by."""
    scale, digits = row.get(2), row.get(3)
    if not isinstance(scale, int) or not 1 <= scale <= len(_EXPONENTS):
        return None
    places = digits if isinstance(digits, int) and 0 <= digits <= 9 else 0
    factor: float = 10.0 ** (_EXPONENTS[scale - 1] - places)
    return factor * (_CUBIC_METRES_PER_MINUTE if row.get(1) == 11 else 1)


def _physical(row: Mapping[int, Value]) -> tuple[Physical, str]:
    unit = mib.words(row.get(6), 20)
    kind = row.get(1)
    found = _PHYSICAL.get(kind) if isinstance(kind, int) else None
    if found is None:
        return (Physical.SIGNAL, "") if unit.lower() == "dbm" else (Physical.OTHER, unit)
    return found, ""


def _reading(
    entry: str,
    index: str,
    row: Mapping[int, Value],
    names: Names,
    limits: Mapping[str, list[tuple[int, int, int]]],
) -> Reading | None:
    number, state, factor = mib.whole(row.get(4)), row.get(5), _factor(row)
    physical, unit = _physical(row)
    if number is None and state is None:
        return None
    one = Reading(
        f"{entry}.4.{index}",
        names.find(index) or clean(f"sensor {index}"),
        physical,
        None,
        place=Place.INSIDE,
        source=clean(f"{'ENTITY' if entry == STANDARD else 'CISCO-ENTITY'}-SENSOR-MIB: {index}"),
        unit=unit,
    )
    if state == _UNAVAILABLE:
        return dataclasses.replace(one, word=Clean("not fitted"))
    if state == _BROKEN:
        return dataclasses.replace(one, word=Clean("the sensor is broken"), judged=Level.WARN)
    if physical is Physical.STATE:
        return dataclasses.replace(one, word=Clean({1: "true", 2: "false"}.get(number or 0, "")))
    if physical is Physical.OTHER and not number and not unit:
        return None  # entities that are listed as sensors, and measure nothing
    if number is None or factor is None or abs(number) >= EXTREME or number in UNKNOWN:
        return dataclasses.replace(one, word=Clean("unknown"))
    span = _span(limits.get(index, []), factor)
    return with_value(dataclasses.replace(one, span=span), round(number * factor, 9))


def with_value(one: Reading, value: float) -> Reading:
    """The same with its value; optics without light have none."""
    if one.physical is Physical.SIGNAL and value <= NO_LIGHT:
        return dataclasses.replace(one, word=Clean("no light"))
    return dataclasses.replace(one, value=value)


def _limits(table: mib.Table) -> dict[str, list[tuple[int, int, int]]]:
    """Severity, relation and value of the limits of each entity."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for index, row in table.items():
        severity, relation, value = (mib.whole(row.get(column)) for column in (2, 3, 4))
        if severity is not None and relation is not None and value is not None:
            found.setdefault(index.partition(".")[0], []).append((severity, relation, value))
    return found


def _span(said: Iterable[tuple[int, int, int]], factor: float) -> Span:
    lows: dict[bool, float] = {}
    highs: dict[bool, float] = {}
    for severity, relation, value in said:
        crit, limit = severity >= _MAJOR, round(value * factor, 9)
        if relation in {1, 2}:
            lows[crit] = max(limit, lows.get(crit, limit))
        elif relation in {3, 4}:
            highs[crit] = min(limit, highs.get(crit, limit))
    return sound(Span(lows.get(True), lows.get(False), highs.get(False), highs.get(True), DEVICE))


def sound(span: Span) -> Span:
    """The same, or none where the limits leave no room between them: all of them zero, mostly."""
    lows = [one for one in (span.low_crit, span.low_warn) if one is not None]
    highs = [one for one in (span.high_warn, span.high_crit) if one is not None]
    if not lows and not highs:
        return NO_LIMITS
    return NO_LIMITS if lows and highs and max(lows) >= min(highs) else span


def told_apart(found: list[Reading]) -> list[Reading]:
    """The same, with the end of its key behind each name that two of a sort have."""
    count = Counter((one.name, one.physical) for one in found)
    return [
        one
        if count[one.name, one.physical] == 1
        else dataclasses.replace(one, name=clean(f"{one.name} #{one.key.rpartition('.')[2]}"))
        for one in found
    ]
