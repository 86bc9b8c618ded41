"""Sensors in tables of vendors, read by what `vendor` says of them."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.network import mib
from opsconsole.domains.system.network.sensor.entity import (
    DEVICE,
    EXTREME,
    UNKNOWN,
    Names,
    sound,
    with_value,
)
from opsconsole.domains.system.network.sensor.vendor import GAUGE_UNITS, GAUGES, Sensor, Table
from opsconsole.model import Level
from opsconsole.question import Part
from opsconsole.reading import NO_LIMITS, Physical, Place, Reading, Span
from opsconsole.varbind import Value

_OF_NAME: tuple[tuple[re.Pattern[str], Physical], ...] = (
    (re.compile(r"temp|thermal", re.IGNORECASE), Physical.TEMPERATURE),
    (re.compile(r"fan|rpm", re.IGNORECASE), Physical.FAN),
    (re.compile(r"volt|vcc|vdd|vin|vout|\dv", re.IGNORECASE), Physical.VOLTAGE),
)
"""What is in the name of a sensor where nothing else tells what it measures."""


def readings(table: Table, part: Part, names: Names) -> list[Reading]:
    """All sensors of one table that are fitted."""
    found: list[Reading] = []
    for index, row in mib.table(part, table.entry).items():
        name = _name(table, index, row, names)
        for sensor in table.sensors:
            one = _reading(table, sensor, index, row, name)
            if one is not None:
                found.append(one)
    return found


def _name(table: Table, index: str, row: Mapping[int, Value], names: Names) -> Clean:
    if table.name:
        said = mib.words(row.get(table.name), 80)
    else:
        said = Clean("") if table.called else names.find(index)
    if said:
        return said
    number = "" if index == "0" else f" {index}"
    return clean(f"{table.called or 'sensor'}{number}")


def _reading(
    table: Table, sensor: Sensor, index: str, row: Mapping[int, Value], name: Clean
) -> Reading | None:
    raw = row.get(sensor.column)
    one = Reading(
        f"{table.entry}.{sensor.column}.{index}",
        clean(f"{name} {sensor.suffix}".strip()),
        sensor.physical if sensor.physical is not Physical.OTHER else of_name(name),
        None,
        place=Place.INSIDE,
        source=clean(f"{table.mib}: {sensor.column}.{index}"),
    )
    if sensor.physical is Physical.STATE:
        return _state(one, sensor, raw)
    number = _number(raw)
    if number is None or number in UNKNOWN or number in sensor.unset or abs(number) >= EXTREME:
        return None
    if isinstance(raw, bytes) and not number and one.physical is not Physical.OTHER:
        return None  # no heat, no turns, no volts: nothing is fitted there
    low_crit, low_warn, warn, crit = (_limit(row.get(at), sensor.factor) for at in sensor.limits)
    span = Span(low_crit, low_warn, warn, crit, DEVICE)
    one = replace(
        one,
        span=sound(span) if any(sensor.limits) else NO_LIMITS,
        judged=_judged(sensor, row.get(sensor.judged))[1] if sensor.judged else None,
    )
    return with_value(one, round(number * sensor.factor, 9))


def _number(raw: Value) -> float | None:
    """A number, also one that is written as text."""
    if isinstance(raw, bytes) and len(raw) <= 32:
        try:
            found = float(raw.decode("ascii", "replace"))
        except ValueError:
            return None
        return found if math.isfinite(found) else None
    return mib.whole(raw)


def _limit(raw: Value, factor: float) -> float | None:
    """A limit of zero, or none, is none: devices leave it so."""
    return round(raw * factor, 9) if isinstance(raw, int) and raw and raw not in UNKNOWN else None


def _judged(sensor: Sensor, raw: Value) -> tuple[str, Level | None]:
    if not isinstance(raw, int):
        return "", None
    return sensor.words.get(raw, (f"state {raw}", None))


def _state(one: Reading, sensor: Sensor, raw: Value) -> Reading | None:
    if not isinstance(raw, int):
        return None
    word, level = _judged(sensor, raw)
    if level is None and raw in sensor.words:
        return None
    return replace(one, word=clean(word), judged=level)


def gauges(part: Part) -> list[Reading]:
    """Those of MikroTik, which say in what each value is."""
    found: list[Reading] = []
    for index, row in mib.table(part, GAUGES).items():
        raw, unit = mib.whole(row.get(3)), mib.whole(row.get(4))
        physical, factor = GAUGE_UNITS.get(unit or 0, (Physical.OTHER, 1.0))
        if raw is None or raw in UNKNOWN:
            continue
        name = mib.words(row.get(2), 80) or clean(f"sensor {index}")
        source = clean(f"MIKROTIK-MIB: {index}")
        state = physical is Physical.STATE
        # Which word a state has is nowhere told; of power supplies 0 is fine.
        one = Reading(
            f"{GAUGES}.3.{index}", name, physical, None if state else round(raw * factor, 9),
            clean(f"state {raw}") if state else Clean(""), place=Place.INSIDE, source=source,
        )  # fmt: skip
        found.append(one)
    return found


def of_name(name: str) -> Physical:
    """What a sensor measures, as far as its name tells."""
    found = (physical for words, physical in _OF_NAME if words.search(name))
    return next(found, Physical.OTHER)
