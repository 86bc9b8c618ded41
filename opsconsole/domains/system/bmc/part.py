"""Parts with a document of their own: power supplies, drives, what stands in the logs."""

from collections.abc import Iterator

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.bmc.machine import moment
from opsconsole.domains.system.bmc.sensing import supplies
from opsconsole.domains.system.bmc.wire import (
    LINK,
    Document,
    Tree,
    away,
    health,
    lowered,
    number,
    read,
    text,
    word,
)
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_SUPPLY = "Redfish PowerSupply, or Power.PowerSupplies"
_DRIVE = "Redfish Drive"
_ENTRY = "Redfish LogEntry"

ENTRIES = 500
"""Lines of the log that are shown, the newest."""


def _state(one: Document) -> Clean:
    return Clean("not fitted") if away(one) else word(health(one))


def _supplies(tree: Tree, _before: Tree | None) -> list[Row]:
    rows: list[Row] = []
    for chassis in tree.listed("Chassis"):
        for one in supplies(tree, chassis):
            metrics = tree.behind(one.get("Metrics"))
            rows.append((
                clean(str(one.get(LINK) or one.get("MemberId") or one.get("Name") or "")),
                text(one, "Name", most=80),
                _state(one),
                _first(number(metrics, "InputPowerWatts", "Reading"),
                       number(one, "PowerInputWatts")),
                _first(number(metrics, "OutputPowerWatts", "Reading"),
                       number(one, "PowerOutputWatts"), number(one, "LastPowerOutputWatts")),
                number(one, "PowerCapacityWatts"),
                _first(number(metrics, "InputVoltage", "Reading"),
                       number(one, "LineInputVoltage")),
                text(one, "Model", most=80),
                text(one, "SerialNumber", most=80),
                text(one, "FirmwareVersion", most=80),
            ))  # fmt: skip
    return rows


def _first(*found: float | None) -> float | None:
    return next((one for one in found if one is not None), None)


SUPPLY = Probe(
    "bmc.supply",
    "Power supplies",
    "sensors",
    (
        Column("path", "PATH", Quantity.TEXT, f"{_SUPPLY} @odata.id"),
        Column("name", "NAME", Quantity.TEXT, f"{_SUPPLY} Name"),
        Column("state", "STATE", Quantity.STATE, f"{_SUPPLY} Status"),
        Column("input_w", "INPUT W", Quantity.NUMBER, "PowerSupplyMetrics InputPowerWatts"),
        Column("output_w", "OUTPUT W", Quantity.NUMBER,
               "PowerSupplyMetrics OutputPowerWatts, else LastPowerOutputWatts", history=True),
        Column("capacity_w", "CAPACITY W", Quantity.NUMBER, f"{_SUPPLY} PowerCapacityWatts"),
        Column("input_v", "INPUT V", Quantity.NUMBER,
               "PowerSupplyMetrics InputVoltage, else LineInputVoltage"),
        Column("model", "MODEL", Quantity.TEXT, f"{_SUPPLY} Model"),
        Column("serial", "SERIAL", Quantity.TEXT, f"{_SUPPLY} SerialNumber"),
        Column("firmware", "FIRMWARE", Quantity.TEXT, f"{_SUPPLY} FirmwareVersion"),
    ),
    ("path",),
    read,
    _supplies,
    on_demand=False,
    named=("name",),
)  # fmt: skip


def _drives(tree: Tree, _before: Tree | None) -> list[Row]:
    return [
        (
            clean(str(one.get(LINK, ""))),
            text(one, "Name", most=80),
            _state(one),
            Clean("failing" if one.get("FailurePredicted") is True else ""),
            number(one, "PredictedMediaLifeLeftPercent"),
            _size(number(one, "CapacityBytes")),
            text(one, "MediaType", most=20),
            text(one, "Protocol", most=20),
            text(one, "Manufacturer", most=80),
            text(one, "Model", most=80),
            text(one, "SerialNumber", most=80),
            text(one, "Revision", most=40) or text(one, "FirmwareVersion", most=40),
        )
        for one in _all_drives(tree)
    ]  # fmt: skip


def _all_drives(tree: Tree) -> Iterator[Document]:
    for system in tree.listed("Systems"):
        for storage in tree.each(system.get("Storage")):
            for one in tree.each(storage.get("Drives")):
                if LINK in one and len(one) > 1:  # a link alone: it could not be read
                    yield one


def _size(value: float | None) -> int | None:
    return None if value is None or value < 0 else int(value)


DRIVE = Probe(
    "bmc.drive",
    "Drives",
    "drives",
    (
        Column("path", "PATH", Quantity.TEXT, f"{_DRIVE} @odata.id"),
        Column("name", "NAME", Quantity.TEXT, f"{_DRIVE} Name"),
        Column("state", "STATE", Quantity.STATE, f"{_DRIVE} Status"),
        Column("prediction", "PREDICTED", Quantity.STATE, f"{_DRIVE} FailurePredicted"),
        Column("life_percent", "LIFE LEFT", Quantity.PERCENT,
               f"{_DRIVE} PredictedMediaLifeLeftPercent"),
        Column("size_bytes", "SIZE", Quantity.BYTES, f"{_DRIVE} CapacityBytes"),
        Column("media", "MEDIA", Quantity.TEXT, f"{_DRIVE} MediaType"),
        Column("protocol", "BUS", Quantity.TEXT, f"{_DRIVE} Protocol"),
        Column("vendor", "VENDOR", Quantity.TEXT, f"{_DRIVE} Manufacturer"),
        Column("model", "MODEL", Quantity.TEXT, f"{_DRIVE} Model"),
        Column("serial", "SERIAL", Quantity.TEXT, f"{_DRIVE} SerialNumber"),
        Column("firmware", "FIRMWARE", Quantity.TEXT, f"{_DRIVE} Revision"),
    ),
    ("path",),
    read,
    _drives,
    on_demand=False,
    quiet=True,
    named=("name",),
)  # fmt: skip


def _entries(tree: Tree, _before: Tree | None) -> list[Row]:
    """The newest of all logs, each line once: some controllers list one log at two places."""
    rows = {
        str(one.get(LINK)): (
            clean(str(one.get(LINK, ""))),
            moment(text(one, "Created")),
            lowered(one, "Severity"),
            clean(service),
            text(one, "SensorType", most=40) or text(one, "EntryType", most=40),
            text(one, "Message", most=1000),
            text(one, "MessageId", most=120),
        )
        for service, one in _logged(tree)
    }
    found: list[Row] = list(rows.values())
    found.sort(key=lambda row: row[1] if isinstance(row[1], float) else 0.0, reverse=True)
    return found[:ENTRIES]


def _logged(tree: Tree) -> Iterator[tuple[str, Document]]:
    owners = [*tree.listed("Systems"), *tree.listed("Managers")]
    for owner in owners:
        for service in tree.each(owner.get("LogServices")):
            name = text(service, "Name", most=60) or text(service, "Id", most=60)
            for one in tree.each(service.get("Entries")):
                if LINK in one and len(one) > 1:
                    yield name, one


LOG = Probe(
    "bmc.log",
    "Hardware log",
    "log",
    (
        Column("path", "PATH", Quantity.TEXT, f"{_ENTRY} @odata.id"),
        Column("at", "AT", Quantity.TIME, f"{_ENTRY} Created"),
        Column("severity", "SEVERITY", Quantity.STATE, f"{_ENTRY} Severity"),
        Column("log", "LOG", Quantity.TEXT, "Redfish LogService Name"),
        Column("of", "OF", Quantity.TEXT, f"{_ENTRY} SensorType, else EntryType"),
        Column("message", "MESSAGE", Quantity.TEXT, f"{_ENTRY} Message"),
        Column("id", "ID", Quantity.TEXT, f"{_ENTRY} MessageId"),
    ),
    ("path",),
    read,
    _entries,
    named=("message",),
)
