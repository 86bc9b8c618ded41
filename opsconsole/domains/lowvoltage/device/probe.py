"""What a device says of itself, as rows: who it is, its sensors, its outlets."""

from collections.abc import Sequence
from functools import lru_cache

from opsconsole import reading
from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.device import ups
from opsconsole.gear import LIBRARY, Device, Sensed
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.reading import Reading
from opsconsole.spec import Probe

EXCHANGE = "device"
SOURCE = "SNMP"


@lru_cache(8)
def device(payload: bytes) -> Device:
    """What an answer says; each probe reads the same one. Raises `Malformed`."""
    (part,) = parted(payload, 1)
    return LIBRARY.device(part)


def readings(payload: bytes) -> Sequence[Reading]:
    """All sensors. Raises `Malformed`."""
    return [one.reading for one in device(payload).sensed]


def _identity(one: Device, _before: Device | None) -> list[Row]:
    who = one.identity
    return [
        (
            Clean(who.class_.value or "unknown"), who.vendor, who.model, who.serial, who.firmware,
            who.name, who.location, who.contact, who.uptime, clean(" ".join(who.profiles)),
            who.descr, who.object, clean(_asked(one)),
        )
    ]  # fmt: skip


def _asked(one: Device) -> str:
    """Why little may be known of it."""
    if one.identity.profiles:
        return ""
    if one.sensed:
        return "no profile fits it: standard MIBs alone"
    return "no profile fits it, and it answers no standard MIB: see docs/profiles.md"


_TEXT = Quantity.TEXT

IDENTITY = Probe(
    "device.identity", "Device", EXCHANGE,
    (
        Column("class", "CLASS", _TEXT, "profile: ups, pdu, environment, …"),
        Column("vendor", "VENDOR", _TEXT, "the device, or its profile"),
        Column("model", "MODEL", _TEXT, "the device, by its profile"),
        Column("serial", "SERIAL", _TEXT, "the device, by its profile"),
        Column("firmware", "FIRMWARE", _TEXT, "the device, by its profile"),
        Column("name", "NAME", _TEXT, "sysName, or the device by its profile"),
        Column("location", "LOCATION", _TEXT, "sysLocation"),
        Column("contact", "CONTACT", _TEXT, "sysContact"),
        Column("uptime_s", "UPTIME", Quantity.SECONDS, "sysUpTime: since its agent began"),
        Column("profile", "PROFILE", _TEXT, "profiles that fit it"),
        Column("descr", "DESCR", _TEXT, "sysDescr"),
        Column("object", "OBJECT", _TEXT, "sysObjectID"),
        Column("note", "NOTE", _TEXT, "why little is known of it"),
    ),
    (), device, _identity, on_demand=False,
)  # fmt: skip


def _outlets(one: Device, _before: Device | None) -> list[Row]:
    by_row: dict[str, dict[str, Sensed]] = {}
    for role, several in one.of("outlet").items():
        for each in several:
            by_row.setdefault(each.row, {}).setdefault(role, each)
    return [_outlet(row, said) for row, said in by_row.items()]


def _outlet(row: str, said: dict[str, Sensed]) -> Row:
    def value(role: str) -> float | None:
        return said[role].reading.value if role in said else None

    state = said.get("state")
    named = state or next(iter(said.values()))
    return (
        clean(row), named.reading.name, state.reading.word if state else Clean(""),
        value("current"), value("power"), value("energy"),
    )  # fmt: skip


OUTLETS = Probe(
    "device.outlet", "Outlets", EXCHANGE,
    (
        Column("outlet", "OUTLET", _TEXT, "its number at the device"),
        Column("name", "NAME", _TEXT, "as its owner calls it"),
        Column("state", "STATE", _TEXT, "on or off, as the device says", tallied=True),
        Column("current_a", "AMPERES", Quantity.NUMBER, "current, A", history=True),
        Column("power_w", "WATTS", Quantity.NUMBER, "power, W", history=True),
        Column("energy_kwh", "KWH", Quantity.NUMBER, "energy since it was last set to nothing"),
    ),
    ("outlet",), device, _outlets, on_demand=False, quiet=True, named=("name",),
)  # fmt: skip

READINGS = reading.probe("device", EXCHANGE, SOURCE, readings)
SUMMARY = reading.summary("device", EXCHANGE, SOURCE, readings)
UPS = Probe("device.ups", "UPS", EXCHANGE, ups.COLUMNS, (), device, ups.rows, on_demand=False)

PROBES = (SUMMARY, IDENTITY, UPS, READINGS, OUTLETS)
