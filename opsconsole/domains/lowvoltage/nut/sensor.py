"""What a UPS measures, as readings with the limits that the device itself has."""

from collections.abc import Iterator, Mapping, Sequence

from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.nut import shape
from opsconsole.domains.lowvoltage.nut.shape import Device
from opsconsole.model import Level
from opsconsole.reading import NO_LIMITS, Physical, Place, Reading, Span

MEASURED: Mapping[str, Physical] = {
    "voltage": Physical.VOLTAGE, "current": Physical.CURRENT, "frequency": Physical.FREQUENCY,
    "power": Physical.APPARENT, "realpower": Physical.POWER, "temperature": Physical.TEMPERATURE,
    "humidity": Physical.HUMIDITY, "load": Physical.LOAD, "charge": Physical.CHARGE,
    "runtime": Physical.RUNTIME, "efficiency": Physical.PERCENT, "powerfactor": Physical.FACTOR,
    "percent": Physical.PERCENT,
}  # fmt: skip
"""By the last word of a variable's name. Numbers that are settings (`ups.delay.shutdown`) and
limits (`input.voltage.nominal`) are no readings: they stand among the variables."""

ALWAYS_POSITIVE = frozenset(
    {Physical.VOLTAGE, Physical.FREQUENCY, Physical.APPARENT, Physical.HUMIDITY, Physical.LOAD}
    | {Physical.CHARGE, Physical.RUNTIME}
)
"""Below zero they are "not known"; batteries have negative currents while they are charged."""

LEVELS: Mapping[str, Level] = {
    "on line": Level.OK, "calibrating": Level.OK, "on battery": Level.WARN,
    "on bypass": Level.WARN, "off": Level.WARN, "low battery": Level.CRIT,
    "shutting down": Level.CRIT, "no data": Level.CRIT, "unknown": Level.UNKNOWN,
}  # fmt: skip


def read(payload: bytes) -> Sequence[Reading]:
    """Readings of all UPS of a server."""
    devices = shape.read(payload)
    return [one for device in devices for one in _of(device, several=len(devices) > 1)]


def _of(device: Device, *, several: bool) -> Iterator[Reading]:
    before = f"{device.name} " if several else ""
    mode = device.mode
    yield Reading(
        f"{device.name}:ups.status", clean(f"{before}power"), Physical.STATE, None,
        mode, LEVELS.get(mode, Level.UNKNOWN), source=Clean("ups.status"),
    )  # fmt: skip
    for name in sorted(device.variables):
        *front, last = name.split(".")
        physical = MEASURED.get(last)
        if physical is None or not front or front[0] == "driver":
            continue
        value = _value(device, name, physical)
        if value is None:
            continue
        yield Reading(
            f"{device.name}:{clean(name, 80)}",
            clean(f"{before}{name.replace('.', ' ')}", 120),
            physical, value, place=_place(front[0], physical), source=clean(name, 80),
            span=_span(device, name),
        )  # fmt: skip
    for name in sorted(device.variables):
        if name.startswith("ambient.") and ".contacts." in name and name.endswith(".status"):
            yield Reading(
                f"{device.name}:{clean(name, 80)}", clean(f"{before}{name.replace('.', ' ')}", 120),
                Physical.STATE, None, device.variables[name], source=clean(name, 80),
            )  # fmt: skip


def _value(device: Device, name: str, physical: Physical) -> float | None:
    value = device.number(name)
    if value is None or (value < 0 and physical in ALWAYS_POSITIVE):
        return None
    if physical is Physical.RUNTIME and not value and "OB" not in device.tokens:
        return None
    return value


def _place(front: str, physical: Physical) -> Place:
    if physical not in {Physical.TEMPERATURE, Physical.HUMIDITY}:
        return Place.UNKNOWN
    return Place.ROOM if front == "ambient" else Place.INSIDE


_OWN: Mapping[str, tuple[str, str, str, str]] = {
    "battery.charge": ("battery.charge.low", "battery.charge.warning", "", ""),
    "battery.runtime": ("battery.runtime.low", "", "", ""),
    "input.voltage": ("input.transfer.low", "", "", "input.transfer.high"),
}
"""Variables that are limits of another one, as `Span` has them."""


def _span(device: Device, name: str) -> Span:
    """The device's own limits of a variable."""
    own = _OWN.get(name, ("", "", "", ""))
    # Of a battery's voltage these are where it counts as empty and as full.
    plain = ("", "") if name.startswith("battery.voltage") else (f"{name}.low", f"{name}.high")
    ends = (
        device.number(own[0], f"{name}.low.critical", plain[0]),
        device.number(own[1], f"{name}.low.warning"),
        device.number(own[2], f"{name}.high.warning"),
        device.number(own[3], f"{name}.high.critical", plain[1]),
    )
    if not any(end is not None for end in ends):
        return NO_LIMITS
    return Span(*ends, "device")
