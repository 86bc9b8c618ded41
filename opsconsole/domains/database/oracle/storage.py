"""Where data lie: tablespaces against what they may grow to, disk groups, the recovery area."""

from collections.abc import Iterator
from typing import NamedTuple

from opsconsole.clean import Clean
from opsconsole.domains.database.column import column
from opsconsole.domains.database.oracle import limit
from opsconsole.domains.database.oracle.asking import (
    Parts,
    answered,
    maybe,
    percent,
    rows,
    text,
    word,
)
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe

_MIB = 1024.0 * 1024.0


class Files(NamedTuple):
    """The files of a tablespace together."""

    name: str
    number: float
    size: float | None
    most: float | None
    grows: float | None


class Space(NamedTuple):
    """A tablespace."""

    name: str
    kind: str
    status: str | None
    files: Files | None
    used: float | None


class Group(NamedTuple):
    """An ASM disk group, in MiB."""

    name: str
    state: str | None
    redundancy: str | None
    total: float | None
    free: float | None
    usable: float | None
    offline: float | None


class Area(NamedTuple):
    """The recovery area."""

    name: str | None
    most: float | None
    used: float | None
    reclaimable: float | None
    files: float | None


def read_spaces(payload: bytes) -> list[Space]:
    """Tablespaces of the exchange `storage`; raises `Denied` where they cannot be seen."""
    parts = answered("storage", payload)
    named = rows(parts, "storage", "tablespaces", tuple[str, str, str | None])
    files = _files(parts)
    free, undo, temp = (_sizes(parts, name) for name in ("free", "undo", "temp"))
    found: list[Space] = []
    for name, kind, status in named:
        mine = files.get(name)
        if kind == "TEMPORARY":
            used = temp.get(name) if temp is not None else None
        elif kind == "UNDO":
            used = undo.get(name, 0.0) if undo is not None else None
        else:
            used = _rest(mine, free.get(name, 0.0) if free is not None else None)
        found.append(Space(name, kind, status, mine, used))
    return found


def _files(parts: Parts) -> dict[str, Files]:
    return {
        one.name: one
        for name in ("files", "temp_files")
        for one in maybe(parts, "storage", name, Files) or ()
    }


def _sizes(parts: Parts, name: str) -> dict[str, float] | None:
    """Bytes by tablespace; None where we may not see them."""
    found = maybe(parts, "storage", name, tuple[str, float | None])
    return None if found is None else {key: size for key, size in found if size is not None}


def _rest(files: Files | None, free: float | None) -> float | None:
    if files is None or files.size is None or free is None:
        return None
    return max(0.0, files.size - free)


def space_rows(now: list[Space], _before: list[Space] | None) -> list[Row]:
    """One row per tablespace, the fullest first."""
    found = [_space(one) for one in now]
    return [row for _, row in sorted(found, key=lambda pair: -pair[0])]


def _space(one: Space) -> tuple[float, Row]:
    files = one.files
    size, most = (files.size, files.most) if files else (None, None)
    grows = None if files is None else Clean("yes" if files.grows else "no")
    full = percent(one.used, most)
    count = files.number if files else None
    row: Row = (text(one.name, 128), word(one.kind), word(one.status), count, size, one.used,
                most, percent(one.used, size), full, grows)  # fmt: skip
    return full or 0.0, row


def read_groups(payload: bytes) -> list[Group]:
    """Disk groups; raises `Denied`."""
    return rows(answered("storage", payload), "storage", "groups", Group)


def group_rows(now: list[Group], _before: list[Group] | None) -> list[Row]:
    """One row per disk group; none without ASM."""
    return [
        (
            text(one.name, 64),
            word(one.state),
            word(one.redundancy),
            _bytes(one.total),
            _bytes(one.free),
            _bytes(one.usable),
            percent(one.total - one.free, one.total)
            if one.total is not None and one.free is not None
            else None,
            one.offline,
        )
        for one in now
    ]


def _bytes(mebibytes: float | None) -> float | None:
    return None if mebibytes is None else mebibytes * _MIB


def read_areas(payload: bytes) -> list[Area]:
    """The recovery area; raises `Denied`."""
    return rows(answered("storage", payload), "storage", "recovery", Area)


def area_rows(now: list[Area], _before: list[Area] | None) -> list[Row]:
    """The only row; none where no recovery area is set."""
    return list(_areas(now))


def _areas(now: list[Area]) -> Iterator[Row]:
    for one in now:
        if not one.most:
            continue
        kept = None if one.used is None else max(0.0, one.used - (one.reclaimable or 0.0))
        yield (text(one.name, 200) or Clean(""), one.most, one.used, one.reclaimable,
               percent(kept, one.most), one.files)  # fmt: skip


TABLESPACE = Probe(
    "oracle.tablespace",
    "Tablespaces",
    "storage",
    (
        column("name", "TABLESPACE", "dba_tablespaces tablespace_name"),
        column("kind", "KIND", "dba_tablespaces contents", Quantity.STATE),
        column("status", "STATUS", "dba_tablespaces status", Quantity.STATE),
        column("files", "FILES", "dba_data_files, dba_temp_files", Quantity.COUNT),
        column("size_bytes", "SIZE", "sum of bytes", Quantity.BYTES),
        column("used_bytes", "USED", "size less dba_free_space; of UNDO the ACTIVE extents of"
               " dba_undo_extents; of TEMP by dba_temp_free_space", Quantity.BYTES),
        column("max_bytes", "MAX", "sum of maxbytes where autoextensible, else of bytes",
               Quantity.BYTES),
        column("used_percent", "USED %", "of the size", Quantity.PERCENT, limit.USED),
        column("max_percent", "MAX %", "of what it may grow to", Quantity.PERCENT, limit.MAXIMUM),
        column("grows", "GROWS", "whether any file may still extend itself", Quantity.STATE),
    ),
    ("name",),
    read_spaces,
    space_rows,
)  # fmt: skip

_ASM = "v$asm_diskgroup_stat, which looks for no disks"

DISK_GROUP = Probe(
    "oracle.disk-group",
    "ASM disk groups",
    "storage",
    (
        column("name", "GROUP", f"{_ASM}: name"),
        column("state", "STATE", f"{_ASM}: state", Quantity.STATE),
        column("redundancy", "REDUNDANCY", f"{_ASM}: type", Quantity.STATE),
        column("size_bytes", "SIZE", f"{_ASM}: total_mb", Quantity.BYTES),
        column("free_bytes", "FREE", f"{_ASM}: free_mb", Quantity.BYTES),
        column("usable_bytes", "USABLE", f"{_ASM}: usable_file_mb, negative when a failure could"
               " not be mirrored again", Quantity.BYTES),
        column("used_percent", "USED %", f"{_ASM}: free_mb of total_mb", Quantity.PERCENT,
               limit.ASM),
        column("offline_disks", "OFFLINE", f"{_ASM}: offline_disks", Quantity.COUNT),
    ),
    ("name",),
    read_groups,
    group_rows,
)  # fmt: skip

_FRA = "v$recovery_file_dest"

RECOVERY = Probe(
    "oracle.recovery-area",
    "Recovery area",
    "storage",
    (
        column("name", "WHERE", f"{_FRA} name"),
        column("max_bytes", "LIMIT", f"{_FRA} space_limit", Quantity.BYTES),
        column("used_bytes", "USED", f"{_FRA} space_used", Quantity.BYTES),
        column("reclaimable_bytes", "RECLAIMABLE", f"{_FRA} space_reclaimable", Quantity.BYTES),
        column("used_percent", "USED %", f"{_FRA}: used and not reclaimable, of the limit",
               Quantity.PERCENT, limit.RECOVERY),
        column("files", "FILES", f"{_FRA} number_of_files", Quantity.COUNT),
    ),
    ("name",),
    read_areas,
    area_rows,
)  # fmt: skip

PROBES = (TABLESPACE, DISK_GROUP, RECOVERY)
