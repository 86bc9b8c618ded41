"""Who the host is: system, kernel, hardware, boot."""

import re
from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import slow, wire
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_NOT_VIRTUAL = {b"", b"none"}
_HYPERVISORS = (
    (b"KVM", "kvm"),
    (b"QEMU", "qemu"),
    (b"VMware", "vmware"),
    (b"VirtualBox", "virtualbox"),
    (b"Xen", "xen"),
    (b"Amazon EC2", "amazon"),
    (b"Google", "google"),
    (b"Virtual Machine", "microsoft"),
)


class Identity(NamedTuple):
    """What changes at most with an upgrade or a restart; None where the host does not say."""

    hostname: Clean | None
    os: Clean | None
    kernel: Clean | None
    architecture: Clean | None
    cores: int | None
    cpu_model: Clean | None
    machine: Clean | None
    virtualisation: Clean | None
    boot: Clean | None
    uptime_s: float | None


def identity(found: dict[bytes, list[bytes]]) -> Identity:
    """The identity lines of a slow answer."""
    system, _, architecture = slow.one(found, b"kernel").partition(b" ")
    release = slow.one(found, b"/proc/sys/kernel/osrelease")
    vendor, product = (
        slow.one(found, b"/sys/class/dmi/id/" + name) for name in (b"sys_vendor", b"product_name")
    )
    board = slow.one(found, b"/proc/device-tree/model")
    machine = b" ".join(part for part in (vendor, product) if part) or board.strip(b"\0")
    cpu = slow.one(found, b"cpu").partition(b":")[2].strip()
    return Identity(
        _text(slow.one(found, b"/proc/sys/kernel/hostname")),
        _text(_system(found.get(b"/etc/os-release", []))),
        _text(b" ".join(part for part in (system, release) if part)),
        _text(architecture),
        _cores(slow.one(found, b"/sys/devices/system/cpu/online")),
        _text(cpu),
        _text(machine),
        _virtualisation(found, machine),
        _text(slow.one(found, b"/proc/sys/kernel/random/boot_id")),
        slow.uptime(found),
    )


def _text(raw: bytes) -> Clean | None:
    return clean_bytes(raw, 128) if raw else None


def _system(release: list[bytes]) -> bytes:
    pairs = slow.pairs(release)
    return (pairs.get(b"PRETTY_NAME") or pairs.get(b"NAME") or b"").strip(b"\"'")


def _cores(ranges: bytes) -> int | None:
    """Length of a list like `0-3,8`."""
    if not re.fullmatch(rb"\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?){0,1000}", ranges):
        return None
    total = 0
    for part in ranges.split(b","):
        low, _, high = part.partition(b"-")
        total += int(high or low) - int(low) + 1
    return total


def _virtualisation(found: dict[bytes, list[bytes]], machine: bytes) -> Clean | None:
    told = slow.one(found, b"virtual")
    if told:
        return Clean("none") if told in _NOT_VIRTUAL else clean_bytes(told, 32)
    if hypervisor := slow.one(found, b"/sys/hypervisor/type"):
        return clean_bytes(hypervisor, 32)
    return next((Clean(name) for mark, name in _HYPERVISORS if mark in machine), None)


def read(payload: bytes) -> Identity:
    """Parse the identity lines of a slow answer; raises `Malformed`."""
    try:
        return identity(slow.sections(payload))
    except (ValueError, IndexError) as error:
        raise wire.malformed("the host's identity", error) from error


def rows(now: Identity, _before: Identity | None) -> list[Row]:
    """The one row."""
    return [tuple(now)]


PROBE = Probe(
    id="host.identity",
    title="Identity",
    exchange="slow",
    columns=(
        Column("hostname", "HOSTNAME", Quantity.TEXT, "/proc/sys/kernel/hostname"),
        Column("os", "SYSTEM", Quantity.TEXT, "/etc/os-release: PRETTY_NAME"),
        Column("kernel", "KERNEL", Quantity.TEXT, "uname -s, /proc/sys/kernel/osrelease"),
        Column("architecture", "ARCH", Quantity.TEXT, "uname -m"),
        Column("cores", "CORES", Quantity.COUNT, "/sys/devices/system/cpu/online"),
        Column("cpu_model", "CPU MODEL", Quantity.TEXT, "/proc/cpuinfo: first model"),
        Column(
            "machine",
            "MACHINE",
            Quantity.TEXT,
            "/sys/class/dmi/id: sys_vendor, product_name; /proc/device-tree/model",
        ),
        Column(
            "virtualisation",
            "VIRTUAL",
            Quantity.TEXT,
            "systemd-detect-virt, /sys/hypervisor/type, else by machine",
        ),
        Column("boot", "BOOT", Quantity.TEXT, "/proc/sys/kernel/random/boot_id"),
        Column("uptime_s", "UPTIME", Quantity.SECONDS, "/proc/uptime"),
    ),
    key=(),
    read=read,
    rows=rows,
    on_demand=False,
    quiet=True,
)
