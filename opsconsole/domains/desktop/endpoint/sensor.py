"""An endpoint as readings: lines, parts, heat, fans, processors, memory."""

import re
from collections.abc import Iterator, Mapping, Sequence

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer, number
from opsconsole.domains.desktop.endpoint import mib
from opsconsole.domains.desktop.endpoint.line import lines
from opsconsole.domains.desktop.endpoint.part import components
from opsconsole.domains.desktop.endpoint.state import State
from opsconsole.model import Level
from opsconsole.reading import NO_LIMITS, Physical, Place, Reading, Span
from opsconsole.varbind import Value


def readings(payload: bytes) -> Sequence[Reading]:
    """All of an endpoint."""
    one = mib.read(payload)
    found = [
        *_lines(one), *_parts(one), *_calls(one), *_clickshare(one), *_entities(one),
        *_processors(one), *_storage(one),
    ]  # fmt: skip
    return list({each.key: each for each in found}.values())


def _state(name: str, found: State) -> Reading:
    return Reading(
        *(found.oid, clean(name, 120), Physical.STATE, None, found.word, found.level),
        place=Place.INSIDE,
        source=clean(found.oid),
    )


def _lines(one: Answer) -> Iterator[Reading]:
    for line in lines(one):
        called = ", ".join(part for part in (line.label, line.number) if part)
        name = f"{line.name} ({called})" if called else line.name
        if line.registration is not None:
            yield _state(f"{name} registration", line.registration)
        if line.hook is not None:
            yield _state(f"{name} receiver", line.hook)


def _parts(one: Answer) -> Iterator[Reading]:
    for part in components(one):
        yield _state(part.name, part.state)


_AUDIOCODES_CALLS = "1.3.6.1.4.1.5003.15.3.1.1.1.2.0"


def calls(one: Answer) -> int | None:
    """Calls that are going on; None where an endpoint does not tell."""
    if (count := one.number(_AUDIOCODES_CALLS)) is not None and count >= 0:
        return count
    names = mib.below(one, mib.POLY)
    if not names:
        return None
    return sum(at.startswith("4.1.1.1.") for at in names)


def _calls(one: Answer) -> Iterator[Reading]:
    if (count := one.number(_AUDIOCODES_CALLS)) is not None and count >= 0:
        oid = _AUDIOCODES_CALLS
        yield Reading(oid, Clean("Active calls"), Physical.COUNT, count, source=clean(oid))


_NUMBER = re.compile(r"\s*(-?\d{1,6}(?:\.\d{1,6})?)")


def _float(one: Answer, oid: str | None) -> float | None:
    """A number that stands as a text."""
    found = _NUMBER.match(one.said(oid)) if oid else None
    return float(found[1]) if found else None


def _clickshare(one: Answer) -> Iterator[Reading]:
    names = mib.below(one, mib.CLICKSHARE)
    hot = _float(one, names.get("2.4"))
    span = NO_LIMITS if not hot else Span(None, None, None, hot, "device")
    for at, name, physical, limits in (
        ("2.1", "Case fan", Physical.FAN, NO_LIMITS),
        ("2.2", "CPU fan", Physical.FAN, NO_LIMITS),
        ("2.3", "CPU", Physical.TEMPERATURE, span),
    ):
        if (oid := names.get(at)) and (value := _float(one, oid)) is not None:
            yield Reading(
                *(oid, Clean(name), physical, value),
                span=limits,
                place=Place.INSIDE,
                source=clean(oid),
            )


_PHYSICAL = {
    3: Physical.VOLTAGE, 4: Physical.VOLTAGE, 5: Physical.CURRENT, 6: Physical.POWER,
    7: Physical.FREQUENCY, 8: Physical.TEMPERATURE, 9: Physical.HUMIDITY, 10: Physical.FAN,
}  # fmt: skip
"""`EntitySensorDataType`"""
_EXPONENTS = (-24, -21, -18, -15, -12, -9, -6, -3, 0, 3, 6, 9, 12, 18, 15, 21, 24)
"""Of ten, by `EntitySensorDataScale` less one, in the MIB's own order."""
_UNAVAILABLE, _BROKEN = 2, 3
_EXTREME = 1_000_000_000
"""Beyond the sensor, says ENTITY-SENSOR-MIB."""


def _entities(one: Answer) -> Iterator[Reading]:
    names = one.table(mib.ENTITIES)
    nothing: Mapping[int, Value] = {}
    for at, row in one.table(mib.SENSOR).items():
        physical = _PHYSICAL.get(number(row.get(1)) or 0)
        called = names.get(at, nothing)
        name = one.text(called.get(7), 80) or one.text(called.get(2), 80) or clean(f"sensor {at}")
        if physical is None:
            continue
        oid = f"{mib.SENSOR}.4.{at}"
        value = None if row.get(5) in {_UNAVAILABLE, _BROKEN} else _scaled(row)
        word, level = Clean(""), None
        if value is None:
            broken = row.get(5) == _BROKEN
            word = Clean("the sensor is broken" if broken else "not fitted")
            level = Level.WARN if broken else None
        yield Reading(
            *(oid, name, physical, value, word, level), place=Place.INSIDE, source=clean(oid)
        )


def _scaled(row: Mapping[int, Value]) -> float | None:
    """The value in its unit; None for what no sensor can say."""
    scale, digits, value = (number(row.get(at)) for at in (2, 3, 4))
    if value is None or abs(value) >= _EXTREME or scale is None:
        return None
    if not 1 <= scale <= len(_EXPONENTS):
        return None
    places = digits if digits is not None and 0 <= digits <= 9 else 0
    return round(value * 10.0 ** (_EXPONENTS[scale - 1] - places), 9)


def _processors(one: Answer) -> Iterator[Reading]:
    for at, row in one.table(mib.PROCESSOR).items():
        load = number(row.get(2))
        oid = f"{mib.PROCESSOR}.2.{at}"
        if load is not None and 0 <= load <= 100:
            yield Reading(
                *(oid, clean(f"Processor {at}"), Physical.PERCENT, load), source=clean(oid)
            )


_RAM, _FLASH, _DISK = "1.3.6.1.2.1.25.2.1.2", "1.3.6.1.2.1.25.2.1.9", "1.3.6.1.2.1.25.2.1.4"


def _storage(one: Answer) -> Iterator[Reading]:
    for at, row in one.table(mib.STORAGE).items():
        size, used = number(row.get(5)), number(row.get(6))
        if row.get(2) not in {_RAM, _FLASH, _DISK} or not size or size < 0:
            continue
        # Memory of which nothing is used is memory of which nothing is known.
        if used is None or not 0 <= used <= size or (row.get(2) == _RAM and not used):
            continue
        oid = f"{mib.STORAGE}.6.{at}"
        name = one.text(row.get(3), 80) or clean(f"storage {at}")
        share = round(100 * used / size, 2)
        yield Reading(oid, clean(f"{name} used", 120), Physical.PERCENT, share, source=clean(oid))
