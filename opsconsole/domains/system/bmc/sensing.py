"""Sensors of both generations of documents as readings: temperatures, fans, power, supplies."""

import re
from collections.abc import Iterator
from dataclasses import replace

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.bmc.wire import (
    LINK,
    Document,
    Tree,
    away,
    health,
    items,
    number,
    read,
    text,
)
from opsconsole.reading import NO_LIMITS, Physical, Place, Reading, Span

_INLET = re.compile(r"inlet|ambient|intake|front", re.IGNORECASE)
_EXHAUST = re.compile(r"exhaust|outlet|rear", re.IGNORECASE)

_KINDS: dict[str, Physical] = {
    "Temperature": Physical.TEMPERATURE, "Humidity": Physical.HUMIDITY, "Power": Physical.POWER,
    "Voltage": Physical.VOLTAGE, "Current": Physical.CURRENT, "Rotational": Physical.FAN,
    "Frequency": Physical.FREQUENCY, "Percent": Physical.PERCENT, "EnergykWh": Physical.ENERGY,
    "LiquidFlow": Physical.FLOW, "LiquidFlowLPM": Physical.FLOW,
}  # fmt: skip
"""`ReadingType` of a Sensor document."""

_LEGACY = ("LowerThresholdCritical", "LowerThresholdNonCritical",
           "UpperThresholdNonCritical", "UpperThresholdCritical")  # fmt: skip
_MODERN = ("LowerCritical", "LowerCaution", "UpperCaution", "UpperCritical")


def readings(payload: bytes) -> list[Reading]:
    """All sensors of all chassis, each once."""
    tree = read(payload)
    found: dict[str, Reading] = {}
    for chassis in tree.listed("Chassis"):
        off = text(chassis, "PowerState").lower() == "off"
        for one in _of_chassis(tree, chassis):
            fitting = _at_rest(one) if off else one
            before = found.get(one.key)
            found[one.key] = fitting if before is None else _merged(before, fitting)
    return list(found.values())


def _merged(first: Reading, second: Reading) -> Reading:
    """One sensor of which two documents tell: limits of either, the worse of two opinions."""
    opinions = [one.judged for one in (first, second) if one.judged is not None]
    return replace(
        first,
        span=first.span if first.span != NO_LIMITS else second.span,
        judged=max(opinions, default=None),
        value=second.value if first.value is None else first.value,
    )


_RESTING = frozenset({Physical.FAN, Physical.PERCENT, Physical.VOLTAGE, Physical.POWER})


def _at_rest(one: Reading) -> Reading:
    """Of a machine that is off: a fan that stands and a rail without voltage are as they must."""
    if one.value == 0 and one.physical in _RESTING:
        return replace(one, value=None, word=Clean("powered off"))
    return one


def _of_chassis(tree: Tree, chassis: Document) -> Iterator[Reading]:
    thermal = tree.behind(chassis.get("ThermalSubsystem"))
    if thermal.get("Fans") or thermal.get("ThermalMetrics"):
        yield from _thermal(tree, thermal)
    else:
        yield from _legacy_thermal(tree.behind(chassis.get("Thermal")))
    yield from _sensors(tree, chassis)
    environment = tree.behind(chassis.get("EnvironmentMetrics"))
    yield from _metric(environment, "PowerWatts", Physical.POWER, f"{text(chassis, 'Name')} power")
    yield from _legacy_power(tree.behind(chassis.get("Power")))
    for supply in supplies(tree, chassis):
        state = health(supply)
        if state is not None:
            name = text(supply, "Name", most=80)
            key = _key(supply, name)
            yield Reading(
                f"{key} state", name, Physical.STATE, None, text(supply, "Status", "Health"),
                state, source=Clean("Status.Health"),
            )  # fmt: skip


def supplies(tree: Tree, chassis: Document) -> list[Document]:
    """Power supplies of a chassis, of the newer documents where there are any."""
    newer = tree.behind(chassis.get("PowerSubsystem")).get("PowerSupplies")
    found = list(tree.each(newer)) if newer else []
    return found or items(tree.behind(chassis.get("Power")), "PowerSupplies")


def _thermal(tree: Tree, thermal: Document) -> Iterator[Reading]:
    """The newer documents: one for each fan, all temperatures in one."""
    for fan in tree.each(thermal.get("Fans")):
        name = text(fan, "Name", most=80)
        speed = fan.get("SpeedPercent")
        rpm = number(speed, "SpeedRPM")
        physical = Physical.PERCENT if rpm is None else Physical.FAN
        value = number(speed, "Reading") if rpm is None else rpm
        told = text(speed, "DataSourceUri")
        yield _made(fan, name, physical, value, NO_LIMITS, "SpeedPercent", told)
    metrics = tree.behind(thermal.get("ThermalMetrics"))
    for at, one in enumerate(items(metrics, "TemperatureReadingsCelsius")):
        name = text(one, "DeviceName", most=80) or text(one, "PhysicalContext", most=80)
        key: str = text(one, "DataSourceUri") or f"{metrics.get(LINK)}#{at}"
        yield _made(one, name, Physical.TEMPERATURE, number(one, "Reading"), NO_LIMITS,
                    "TemperatureReadingsCelsius", key)  # fmt: skip


def _legacy_thermal(thermal: Document) -> Iterator[Reading]:
    for one in items(thermal, "Temperatures"):
        yield _made(one, text(one, "Name", most=80), Physical.TEMPERATURE,
                    number(one, "ReadingCelsius"), _span(one, _LEGACY), "Thermal")  # fmt: skip
    for one in items(thermal, "Fans"):
        name = text(one, "Name", most=80) or text(one, "FanName", most=80)
        percent = text(one, "ReadingUnits") == "Percent"
        yield _made(one, name, Physical.PERCENT if percent else Physical.FAN,
                    number(one, "Reading"), _span(one, _LEGACY), "Thermal")  # fmt: skip


def _legacy_power(power: Document) -> Iterator[Reading]:
    for one in items(power, "Voltages"):
        yield _made(one, text(one, "Name", most=80), Physical.VOLTAGE,
                    number(one, "ReadingVolts"), _span(one, _LEGACY), "Power")  # fmt: skip
    for one in items(power, "PowerControl"):
        name = text(one, "Name", most=80) or Clean("Power")
        watts = number(one, "PowerConsumedWatts")
        yield _made(one, name, Physical.POWER, watts, NO_LIMITS, "Power")


def _sensors(tree: Tree, chassis: Document) -> Iterator[Reading]:
    """A document for each sensor; what the other documents say of the same goes first."""
    for one in tree.each(chassis.get("Sensors")):
        physical = _KINDS.get(text(one, "ReadingType"))
        if physical is None or "Reading" not in one:
            continue
        yield _made(one, text(one, "Name", most=80), physical, number(one, "Reading"),
                    _thresholds(one), "Sensors")  # fmt: skip


def _metric(document: Document, key: str, physical: Physical, name: str) -> Iterator[Reading]:
    one = document.get(key)
    value = number(one, "Reading")
    if value is not None:
        where = text(one, "DataSourceUri") or f"{document.get(LINK)}#{key}"
        yield Reading(where, clean(name), physical, value, source=Clean(key))


def _made(
    one: Document, name: Clean, physical: Physical, value: float | None, span: Span, source: str,
    key: str = "",
) -> Reading:  # fmt: skip
    gone = away(one)
    return Reading(
        key or _key(one, name),
        name or Clean("without a name"),
        physical,
        None if gone else value,
        Clean("not fitted" if gone else "" if value is not None else "unknown"),
        health(one),
        span,
        _place(name, text(one, "PhysicalContext")) if physical is Physical.TEMPERATURE
        else Place.INSIDE,
        clean(f"{source} {one.get(LINK, '')}", 200),
    )  # fmt: skip


def _key(one: Document, name: str) -> str:
    return str(one.get(LINK) or one.get("MemberId") or one.get("Id") or name)


def _place(name: str, context: str) -> Place:
    said = f"{name} {context}"
    if _INLET.search(said):
        return Place.INLET
    return Place.OUTLET if _EXHAUST.search(said) else Place.INSIDE


def _span(one: Document, keys: tuple[str, str, str, str]) -> Span:
    return _limits(*(number(one, key) for key in keys))


def _thresholds(one: Document) -> Span:
    return _limits(*(number(one, "Thresholds", key, "Reading") for key in _MODERN))


def _limits(*found: float | None) -> Span:
    low_crit, low_warn, high_warn, high_crit = found
    if low_crit == low_warn == 0:  # controllers write 0 where there is no limit
        low_crit = low_warn = None
    if high_warn == 0:
        high_warn = None
    if high_crit == 0:
        high_crit = None
    span = Span(low_crit, low_warn, high_warn, high_crit)
    return (
        NO_LIMITS if span == NO_LIMITS else Span(low_crit, low_warn, high_warn, high_crit, "device")
    )
