"""A host as a thing that is owned: serial, firmware, drives, and the updates that wait for it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import disk, inventory, slow, wire
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_DMI = b"/sys/class/dmi/id/"
_FILLERS = re.compile(
    rb"(to be filled.*|default string|(not|none) ?(specified|available|applicable)?|unknown|"
    rb"system serial number|chassis serial number|x+|0+|[-.]*|123456789|n/a)",
    re.IGNORECASE,
)
"""What makers write where a serial should stand."""

_NOT_OWNED = (b"loop", b"ram", b"zram", b"sr", b"fd", b"dm-", b"md", b"drbd", b"bcache", b"nbd")
_PLACE = re.compile(rb"/sys/block/([^/]+)/(.+)")
_UDEV = b"/run/udev/data/b"
_SERIAL = b"E:ID_SERIAL_SHORT="

SSD, DISK = Clean("ssd"), Clean("disk")


class Drive(NamedTuple):
    """A drive, or what a hypervisor shows as one; None where the host does not say."""

    device: Clean
    size_bytes: float | None
    medium: Clean | None
    model: Clean | None
    serial: Clean | None


class Asset(NamedTuple):
    """The host itself; None where it does not say."""

    serial: Clean | None
    firmware: Clean | None
    sockets: int | None
    support_ends: Clean | None


class Updates(NamedTuple):
    """What waits for a host; None where nobody knows."""

    updates: int | None
    security_updates: int | None
    lists_at: float | None
    reboot_required: bool | None


class Reading(NamedTuple):
    """All that an answer says of what the machine is."""

    asset: Asset
    drives: list[Drive]


def read(payload: bytes) -> Reading:
    """Parse an answer on assets; raises `Malformed`, `Unsupported`."""
    found = slow.sections(payload)
    inventory.supported(found)
    try:
        return Reading(_asset(found), sorted(_drives(found), key=lambda one: one.device))
    except (ValueError, IndexError) as error:
        raise wire.malformed("the host as an asset", error) from error


def _asset(found: dict[bytes, list[bytes]]) -> Asset:
    firmware = (slow.one(found, _DMI + b"bios_" + n) for n in (b"vendor", b"version", b"date"))
    sockets = {line for line in found.get(b"socket", []) if line.isdigit()}
    end = slow.one(found, b"/etc/os-release").partition(b"=")[2].strip(b"\"'")
    return Asset(
        _known(slow.one(found, _DMI + b"product_serial"))
        or _known(slow.one(found, b"/proc/device-tree/serial-number").strip(b"\0")),
        _known(b" ".join(part for part in firmware if part)),
        len(sockets) or None,
        clean_bytes(end, 40) if re.fullmatch(rb"\d{4}-\d\d-\d\d", end) else None,
    )


def read_updates(payload: bytes) -> Updates:
    """Parse an answer on updates; raises `Malformed`, `Unsupported`."""
    found = slow.sections(payload)
    inventory.supported(found)
    at, waits = slow.one(found, b"updated"), found.get(b"update", [])
    known = b"updated" in found
    return Updates(
        len(waits) if known else None,
        sum(line.endswith(b" security") for line in waits) if known else None,
        float(at) if at.isdigit() and len(at) < 12 else None,
        b"reboot" in found if b"rebooted" in found else None,
    )


def _known(raw: bytes) -> Clean | None:
    text = raw.strip()
    return clean_bytes(text, 128) if text and not _FILLERS.fullmatch(text) else None


def _drives(found: dict[bytes, list[bytes]]) -> Iterator[Drive]:
    facts: dict[bytes, dict[bytes, bytes]] = {}
    for tag in found:
        match = _PLACE.fullmatch(tag)
        if match and not match[1].startswith(_NOT_OWNED):
            facts.setdefault(match[1], {})[match[2]] = slow.one(found, tag)
    # The file is named b8:0, and ours end a tag at a colon.
    serials = {
        tag.removeprefix(_UDEV) + b":" + minor: line.removeprefix(_SERIAL)
        for tag, lines in found.items()
        if tag.startswith(_UDEV)
        for minor, _, line in (one.partition(b":") for one in lines)
        if line.startswith(_SERIAL)
    }
    for name, told in facts.items():
        size = told.get(b"size", b"")
        sectors = int(size) if size.isdigit() and len(size) < 18 else None
        own = told.get(b"serial") or told.get(b"device/serial")
        if sectors != 0:  # a slot without a medium
            yield Drive(
                clean_bytes(name.replace(b"!", b"/"), 64),
                None if sectors is None else float(sectors * disk.SECTOR),
                {b"0": SSD, b"1": DISK}.get(told.get(b"queue/rotational", b"")),
                _known(told.get(b"device/model", b"")),
                _known(own or serials.get(told.get(b"dev", b""), b"")),
            )


def rows(now: Reading, _before: Reading | None) -> list[Row]:
    """The one row."""
    return [tuple(now.asset)]


def waiting(now: Updates, _before: Updates | None) -> list[Row]:
    """The one row."""
    return [tuple(now)]


def drives(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per drive."""
    return [tuple(drive) for drive in now.drives]


PROBE = Probe(
    id="host.asset",
    title="Asset",
    exchange="assets",
    columns=(
        Column(
            "serial",
            "SERIAL",
            Quantity.TEXT,
            "/sys/class/dmi/id/product_serial, which root alone may read;"
            " /proc/device-tree/serial-number",
        ),
        Column(
            "firmware",
            "FIRMWARE",
            Quantity.TEXT,
            "/sys/class/dmi/id: bios_vendor, bios_version, bios_date",
        ),
        Column(
            "sockets",
            "SOCKETS",
            Quantity.COUNT,
            "/sys/devices/system/cpu/cpu*/topology/physical_package_id",
        ),
        Column("support_ends", "SUPPORT", Quantity.TEXT, "/etc/os-release: SUPPORT_END"),
    ),
    key=(),
    read=read,
    rows=rows,
    on_demand=True,
)

DRIVE = Probe(
    id="host.drive",
    title="Drives",
    exchange="assets",
    columns=(
        Column("device", "DEVICE", Quantity.TEXT, "/sys/block"),
        Column("size_bytes", "SIZE", Quantity.BYTES, "/sys/block/*/size, in sectors of 512 bytes"),
        Column("medium", "MEDIUM", Quantity.TEXT, "/sys/block/*/queue/rotational"),
        Column("model", "MODEL", Quantity.TEXT, "/sys/block/*/device/model"),
        Column(
            "serial",
            "SERIAL",
            Quantity.TEXT,
            "/sys/block/*/serial, device/serial; /run/udev/data: ID_SERIAL_SHORT",
        ),
    ),
    key=("device",),
    read=read,
    rows=drives,
    on_demand=True,
)

UPDATE = Probe(
    id="host.update",
    title="Updates",
    exchange="updates",
    columns=(
        Column(
            "updates",
            "UPDATES",
            Quantity.COUNT,
            "apt-get -s dist-upgrade, apk version, pacman -Qu; not known with rpm",
        ),
        Column(
            "security_updates",
            "SECURITY",
            Quantity.COUNT,
            "those of apt whose archive is one for security",
        ),
        Column(
            "lists_at",
            "LISTS OF",
            Quantity.TIME,
            "when the lists of packages were fetched last: stat",
        ),
        Column(
            "reboot_required", "REBOOT", Quantity.FLAG, "/run/reboot-required, where apt is used"
        ),
    ),
    key=(),
    read=read_updates,
    rows=waiting,
    on_demand=True,
)
