"""The machine as its controller describes it: system, chassis, controller, all in one line."""

import datetime
from typing import cast

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.bmc.wire import (
    LINK,
    NOTHING,
    Document,
    Tree,
    at,
    health,
    lowered,
    number,
    read,
    text,
    word,
)
from opsconsole.model import Column, Level, Quantity, Row
from opsconsole.spec import Probe

_SYSTEM = "Redfish ComputerSystem"
_CHASSIS = "Redfish Chassis"
_MANAGER = "Redfish Manager"

_SUMMARIES = ("ProcessorSummary", "MemorySummary")


def _told(one: Document) -> Level | None:
    """The worst of a system's own state and those of what it sums up."""
    states = [health(one), *(health(_inside(one, key)) for key in _SUMMARIES)]
    return max((state for state in states if state is not None), default=None)


def _inside(one: Document, key: str) -> Document:
    found = one.get(key)
    return cast("Document", found) if isinstance(found, dict) else NOTHING


def moment(value: str) -> float | None:
    """Unix time of a moment as Redfish writes it; None for one that is none, or is not set."""
    try:
        found = datetime.datetime.fromisoformat(value)
        seconds = found.timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return seconds if 0 < seconds < 1e11 else None


def lamp(one: Document) -> Clean:
    """Whether the locator is lit: by the newer property, else by the one of before."""
    lit = one.get("LocationIndicatorActive")
    if isinstance(lit, bool):
        return Clean("lit" if lit else "off")
    words = {"Lit": "lit", "Blinking": "blinking", "Off": "off"}
    return Clean(words.get(text(one, "IndicatorLED"), ""))


def _override(one: Document) -> Clean:
    """What it boots from next time, instead of what it is set to; empty without such a thing."""
    once = text(one, "Boot", "BootSourceOverrideEnabled", most=40)
    source = text(one, "Boot", "BootSourceOverrideTarget", most=40)
    if once in {"", "Disabled"} or source in {"", "None"}:
        return Clean("")
    return clean(f"{source} ({once.lower()})")


def _systems(tree: Tree, _before: Tree | None) -> list[Row]:
    return [
        (
            clean(str(one.get(LINK, ""))),
            text(one, "Name", most=80),
            text(one, "HostName", most=80),
            lowered(one, "PowerState"),
            word(_told(one)),
            text(one, "Manufacturer", most=80),
            text(one, "Model", most=80),
            text(one, "SerialNumber", most=80),
            text(one, "SKU", most=80),
            text(one, "AssetTag", most=80),
            text(one, "BiosVersion", most=80),
            text(one, "ProcessorSummary", "Model", most=80),
            _whole(number(one, "ProcessorSummary", "Count")),
            word(health(_inside(one, "ProcessorSummary"))),
            _bytes(number(one, "MemorySummary", "TotalSystemMemoryGiB")),
            word(health(_inside(one, "MemorySummary"))),
            lamp(one),
            _override(one),
            text(one, "BootProgress", "LastState", most=60),
            moment(text(one, "LastResetTime")),
        )
        for one in tree.listed("Systems")
    ]  # fmt: skip


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _bytes(gibibytes: float | None) -> int | None:
    return None if gibibytes is None or gibibytes < 0 else int(gibibytes * (1 << 30))


SYSTEM = Probe(
    "bmc.system",
    "Systems",
    "health",
    (
        Column("path", "PATH", Quantity.TEXT, f"{_SYSTEM} @odata.id"),
        Column("name", "NAME", Quantity.TEXT, f"{_SYSTEM} Name"),
        Column("host", "HOST", Quantity.TEXT, f"{_SYSTEM} HostName"),
        Column("power", "POWER", Quantity.STATE, f"{_SYSTEM} PowerState"),
        Column("health", "HEALTH", Quantity.STATE,
               f"{_SYSTEM} Status.Health and HealthRollup, of its summaries too: the worst"),
        Column("vendor", "VENDOR", Quantity.TEXT, f"{_SYSTEM} Manufacturer"),
        Column("model", "MODEL", Quantity.TEXT, f"{_SYSTEM} Model"),
        Column("serial", "SERIAL", Quantity.TEXT, f"{_SYSTEM} SerialNumber"),
        Column("sku", "SKU", Quantity.TEXT, f"{_SYSTEM} SKU: the service tag of Dell"),
        Column("asset", "ASSET", Quantity.TEXT, f"{_SYSTEM} AssetTag"),
        Column("bios", "BIOS", Quantity.TEXT, f"{_SYSTEM} BiosVersion"),
        Column("processor", "CPU", Quantity.TEXT, f"{_SYSTEM} ProcessorSummary.Model"),
        Column("processors", "CPUS", Quantity.COUNT, f"{_SYSTEM} ProcessorSummary.Count"),
        Column("processor_health", "CPU HEALTH", Quantity.STATE,
               f"{_SYSTEM} ProcessorSummary.Status"),
        Column("memory_bytes", "MEMORY", Quantity.BYTES,
               f"{_SYSTEM} MemorySummary.TotalSystemMemoryGiB"),
        Column("memory_health", "MEM HEALTH", Quantity.STATE, f"{_SYSTEM} MemorySummary.Status"),
        Column("locator", "LOCATOR", Quantity.TEXT,
               f"{_SYSTEM} LocationIndicatorActive, else IndicatorLED"),
        Column("boot_next", "NEXT BOOT", Quantity.TEXT,
               f"{_SYSTEM} Boot.BootSourceOverrideTarget and -Enabled"),
        Column("boot_progress", "BOOT", Quantity.TEXT, f"{_SYSTEM} BootProgress.LastState"),
        Column("reset_at", "RESET", Quantity.SINCE, f"{_SYSTEM} LastResetTime"),
    ),
    ("path",),
    read,
    _systems,
    on_demand=False,
    named=("name",),
)  # fmt: skip


def _chassis(tree: Tree, _before: Tree | None) -> list[Row]:
    return [
        (
            clean(str(one.get(LINK, ""))),
            text(one, "Name", most=80),
            text(one, "ChassisType", most=40),
            word(health(one)),
            lowered(one, "PowerState"),
            text(one, "PhysicalSecurity", "IntrusionSensor", most=40),
            lamp(one),
            text(one, "Manufacturer", most=80),
            text(one, "Model", most=80),
            text(one, "SerialNumber", most=80),
            text(one, "PartNumber", most=80),
            text(one, "Location", "Placement", "Rack", most=80),
        )
        for one in tree.listed("Chassis")
    ]  # fmt: skip


CHASSIS = Probe(
    "bmc.chassis",
    "Chassis",
    "health",
    (
        Column("path", "PATH", Quantity.TEXT, f"{_CHASSIS} @odata.id"),
        Column("name", "NAME", Quantity.TEXT, f"{_CHASSIS} Name"),
        Column("type", "TYPE", Quantity.TEXT, f"{_CHASSIS} ChassisType"),
        Column("health", "HEALTH", Quantity.STATE, f"{_CHASSIS} Status.Health, HealthRollup"),
        Column("power", "POWER", Quantity.STATE, f"{_CHASSIS} PowerState"),
        Column("intrusion", "LID", Quantity.TEXT, f"{_CHASSIS} PhysicalSecurity.IntrusionSensor"),
        Column("locator", "LOCATOR", Quantity.TEXT,
               f"{_CHASSIS} LocationIndicatorActive, else IndicatorLED"),
        Column("vendor", "VENDOR", Quantity.TEXT, f"{_CHASSIS} Manufacturer"),
        Column("model", "MODEL", Quantity.TEXT, f"{_CHASSIS} Model"),
        Column("serial", "SERIAL", Quantity.TEXT, f"{_CHASSIS} SerialNumber"),
        Column("part", "PART", Quantity.TEXT, f"{_CHASSIS} PartNumber"),
        Column("rack", "RACK", Quantity.TEXT, f"{_CHASSIS} Location.Placement.Rack"),
    ),
    ("path",),
    read,
    _chassis,
    on_demand=False,
    named=("name",),
)  # fmt: skip


def _controllers(tree: Tree, _before: Tree | None) -> list[Row]:
    return [
        (
            clean(str(one.get(LINK, ""))),
            text(one, "Name", most=80),
            text(one, "ManagerType", most=40),
            word(health(one)),
            text(one, "FirmwareVersion", most=80),
            text(one, "Model", most=80),
            moment(text(one, "DateTime")),
            moment(text(one, "LastResetTime")),
        )
        for one in tree.listed("Managers")
    ]


CONTROLLER = Probe(
    "bmc.controller",
    "Controllers",
    "health",
    (
        Column("path", "PATH", Quantity.TEXT, f"{_MANAGER} @odata.id"),
        Column("name", "NAME", Quantity.TEXT, f"{_MANAGER} Name"),
        Column("type", "TYPE", Quantity.TEXT, f"{_MANAGER} ManagerType"),
        Column("health", "HEALTH", Quantity.STATE, f"{_MANAGER} Status.Health, HealthRollup"),
        Column("firmware", "FIRMWARE", Quantity.TEXT, f"{_MANAGER} FirmwareVersion"),
        Column("model", "MODEL", Quantity.TEXT, f"{_MANAGER} Model"),
        Column("clock", "CLOCK", Quantity.TIME, f"{_MANAGER} DateTime"),
        Column("reset_at", "RESET", Quantity.SINCE, f"{_MANAGER} LastResetTime"),
    ),
    ("path",),
    read,
    _controllers,
    named=("name",),
)


def _in_short(tree: Tree, _before: Tree | None) -> list[Row]:
    """The only row: a controller of one server names it, one of many counts them."""
    systems = list(tree.listed("Systems"))
    others = [*tree.listed("Chassis"), *tree.listed("Managers")]
    states = [*map(_told, systems), *map(health, others)]
    worst = max((state for state in states if state is not None), default=None)
    one = systems[0] if len(systems) == 1 else NOTHING
    powers: list[str] = [lowered(system, "PowerState") for system in systems]
    firmware = {text(manager, "FirmwareVersion", most=80) for manager in tree.listed("Managers")}
    return [
        (
            word(worst),
            _said(powers),
            text(one, "Model", most=80),
            text(one, "SerialNumber", most=80),
            text(one, "HostName", most=80),
            len(systems),
            powers.count("on"),
            text(one, "BiosVersion", most=80),
            clean(", ".join(sorted(firmware - {""}))),
            clean(", ".join(_unwell(tree))),
            _unread(tree),
        )
    ]


def _said(powers: list[str]) -> Clean:
    states = set(powers)
    return clean(states.pop() if len(states) == 1 else "mixed" if states else "")


def _unwell(tree: Tree) -> list[str]:
    """Names of documents that call themselves unwell."""
    found: list[str] = []
    for kind in ("Systems", "Chassis", "Managers"):
        for one in tree.listed(kind):
            state = _told(one) if kind == "Systems" else health(one)
            if state is not None and state >= Level.WARN:
                found.append(text(one, "Name", most=80) or kind)
    return found


def _unread(tree: Tree) -> int:
    """Documents that were refused, could not be read, or were too many."""
    refused = sum(not isinstance(one, dict) for path, one in tree.documents.items() if path)
    return refused + tree.left_out


HEALTH = Probe(
    "bmc.health",
    "Server hardware",
    "health",
    (
        Column("health", "HEALTH", Quantity.STATE, "the worst of systems, chassis, controllers"),
        Column("power", "POWER", Quantity.STATE, f"{_SYSTEM} PowerState"),
        Column("model", "MODEL", Quantity.TEXT, f"{_SYSTEM} Model"),
        Column("serial", "SERIAL", Quantity.TEXT, f"{_SYSTEM} SerialNumber"),
        Column("host", "HOST", Quantity.TEXT, f"{_SYSTEM} HostName"),
        Column("systems", "SYSTEMS", Quantity.COUNT, "Redfish ServiceRoot Systems: members"),
        Column("systems_on", "ON", Quantity.COUNT, f"{_SYSTEM} PowerState: those that are on"),
        Column("bios", "BIOS", Quantity.TEXT, f"{_SYSTEM} BiosVersion"),
        Column("firmware", "FIRMWARE", Quantity.TEXT, f"{_MANAGER} FirmwareVersion"),
        Column("unwell", "UNWELL", Quantity.TEXT, "what calls itself unwell, by name"),
        Column("unread", "UNREAD", Quantity.COUNT,
               "documents that were refused, broken, or too many"),
    ),
    (),
    read,
    _in_short,
    on_demand=False,
)  # fmt: skip


def locked(one: Document) -> Clean:
    """The version of a document (`@odata.etag`), for a change that must not meet another."""
    value = at(one, "@odata.etag")
    return clean(value, 200) if isinstance(value, str) else Clean("")
