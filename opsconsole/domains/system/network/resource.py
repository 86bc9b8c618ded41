"""Processors and memory of a device, as far as HOST-RESOURCES-MIB tells of them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.system.network import limit, mib
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.question import Snmp, SnmpWalk, parted
from opsconsole.spec import Probe
from opsconsole.varbind import Value

LOADS, STORES = "1.3.6.1.2.1.25.3.3.1", "1.3.6.1.2.1.25.2.3.1"
DEVICES = "1.3.6.1.2.1.25.3.2.1"
_TYPES = "1.3.6.1.2.1.25.2.1."

QUESTIONS: tuple[Snmp, ...] = (
    SnmpWalk(LOADS, (2,)),
    SnmpWalk(STORES, (2, 3, 4, 5, 6)),
    SnmpWalk(DEVICES, (3,), keep=3600),
)

_KINDS = {
    "1": "other", "2": "memory", "3": "swap", "4": "disk", "5": "removable disk", "6": "floppy",
    "7": "compact disc", "8": "memory disk", "9": "flash", "10": "network disk",
}  # fmt: skip

_PARTS = ("buffer", "cached", "shared", "available memory", "virtual memory")
"""Words in the name of a store of memory that is a part of another one, or more than there is."""

_LENT = frozenset({"memory buffers", "cached memory"})
"""Of Net-SNMP, which counts them into `Physical memory` as well."""


class Store(NamedTuple):
    """Memory, or room on a disk."""

    number: str
    name: Clean
    kind: str
    size: int
    used: int

    @property
    def percent(self) -> float | None:
        """How full it is."""
        return 100 * self.used / self.size if self.size > 0 else None


class Reading(NamedTuple):
    """Loads by processor, with the name of each, and all stores."""

    loads: Sequence[tuple[str, Clean, int]]
    stores: Sequence[Store]


def read(payload: bytes) -> Reading:
    """Take apart an answer to `QUESTIONS`; raises `Malformed`."""
    loads, stores, devices = parted(payload, len(QUESTIONS))
    named = mib.table(devices, DEVICES)
    return Reading(
        [
            (index, mib.words(named.get(index, mib.NOTHING).get(3), 60), load)
            for index, row in mib.table(loads, LOADS).items()
            if (load := mib.count(row.get(2))) is not None and load <= 100
        ],
        [
            one
            for index, row in mib.table(stores, STORES).items()
            if (one := _store(index, row)) is not None
        ],
    )


def _store(index: str, row: Mapping[int, Value]) -> Store | None:
    unit, size, used = (mib.whole(row.get(column)) for column in (4, 5, 6))
    if not unit or unit < 0 or size is None or used is None:
        return None
    # Numbers of 32 bits with a sign: what is beyond 8 TiB of 4 KiB is told below zero.
    size, used = size % (1 << 32), used % (1 << 32)
    if not size or used > size:
        return None
    kind = _KINDS.get(str(row.get(2) or "").removeprefix(_TYPES), "other")
    name = mib.words(row.get(3), 60) or clean(f"{kind} {index}")
    return Store(index, name, kind, size * unit, used * unit)


def memory(stores: Sequence[Store]) -> Store | None:
    """The store that is the memory of the device: of kind memory, and not a part of it.

    What the kernel only keeps there as long as nobody needs the room counts as free.
    """
    found = [
        one
        for one in stores
        if one.kind == "memory" and not any(part in one.name.lower() for part in _PARTS)
    ]
    main = max(found, key=lambda one: one.size, default=None)
    if main is None or main.name.lower() != "physical memory":
        return main
    lent = sum(one.used for one in stores if one.name.lower() in _LENT)
    return main._replace(used=max(0, main.used - lent))


def health(now: Reading, _before: Reading | None) -> list[Row]:
    """The only row."""
    loads = [load for _, _, load in now.loads]
    main = memory(now.stores)
    return [
        (
            sum(loads) / len(loads) if loads else None,
            main.percent if main else None,
            len(loads) or None,
            main.size if main else None,
        )
    ]


def processors(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per processor."""
    return [(Clean(index), name, load) for index, name, load in now.loads]


def stores(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per store."""
    return [
        (Clean(one.number), one.name, Clean(one.kind), one.percent, one.used, one.size)
        for one in now.stores
    ]


def _hr(
    key: str, title: str, quantity: Quantity, field: str, limits: Limits | None = None
) -> Column:
    return Column(
        key, title, quantity, f"HOST-RESOURCES-MIB {field}", limits, history=limits is not None
    )


HEALTH = Probe(
    "network.health", "Processor and memory", "resources",
    (
        _hr("cpu_percent", "CPU%", Quantity.PERCENT, "hrProcessorLoad: mean", limit.CPU),
        _hr("memory_used_percent", "MEM%", Quantity.PERCENT, "hrStorage of kind hrStorageRam",
            limit.MEMORY),
        _hr("processors", "CPUS", Quantity.COUNT, "hrProcessorTable: how many"),
        _hr("memory_bytes", "MEMORY", Quantity.BYTES, "hrStorageSize of the memory"),
    ),
    (), read, health, on_demand=False,
)  # fmt: skip

PROCESSOR = Probe(
    "network.processor", "Processors", "resources",
    (
        _hr("processor", "CPU", Quantity.TEXT, "hrDeviceIndex"),
        _hr("name", "NAME", Quantity.TEXT, "hrDeviceDescr"),
        Column("cpu_percent", "CPU%", Quantity.PERCENT, "HOST-RESOURCES-MIB hrProcessorLoad"),
    ),
    ("processor",), read, processors,
)  # fmt: skip

STORAGE = Probe(
    "network.storage", "Memory and disks", "resources",
    (
        _hr("store", "NUMBER", Quantity.TEXT, "hrStorageIndex"),
        _hr("name", "NAME", Quantity.TEXT, "hrStorageDescr"),
        _hr("kind", "KIND", Quantity.TEXT, "hrStorageType"),
        Column("used_percent", "USED%", Quantity.PERCENT, "HOST-RESOURCES-MIB hrStorageUsed"),
        _hr("used_bytes", "USED", Quantity.BYTES, "hrStorageUsed"),
        _hr("size_bytes", "SIZE", Quantity.BYTES, "hrStorageSize"),
    ),
    ("store",), read, stores,
)  # fmt: skip
