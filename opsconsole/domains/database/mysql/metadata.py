"""Metadata locks: which ones exclude each other, and so who waits for whom. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Metadata(NamedTuple):
    """A row of performance_schema.metadata_locks."""

    id: int
    """Of the connection."""
    type: str
    object: str
    mode: str
    status: str
    duration: str


_WRITE = {"SHARED_WRITE", "SHARED_WRITE_LOW_PRIO"}
_UPGRADABLE = {"SHARED_UPGRADABLE", "SHARED_NO_WRITE", "SHARED_NO_READ_WRITE"}
_EXCLUSIVE = {"EXCLUSIVE"}
_NO_READ = {"SHARED_NO_READ_WRITE"}

_CONFLICTS = {
    "SHARED": _EXCLUSIVE,
    "SHARED_HIGH_PRIO": _EXCLUSIVE,
    "SHARED_READ": _EXCLUSIVE | _NO_READ,
    "SHARED_WRITE": _EXCLUSIVE | {"SHARED_READ_ONLY", "SHARED_NO_WRITE"} | _NO_READ,
    "SHARED_WRITE_LOW_PRIO": _EXCLUSIVE | {"SHARED_READ_ONLY", "SHARED_NO_WRITE"} | _NO_READ,
    "SHARED_UPGRADABLE": _EXCLUSIVE | _UPGRADABLE,
    "SHARED_READ_ONLY": _EXCLUSIVE | _WRITE | _NO_READ,
    "SHARED_NO_WRITE": _EXCLUSIVE | _WRITE | _UPGRADABLE,
    "SHARED_NO_READ_WRITE": _EXCLUSIVE | _WRITE | _UPGRADABLE | {"SHARED_READ", "SHARED_READ_ONLY"},
}
"""Modes of the same object that exclude each other (MySQL, sql/mdl.cc); EXCLUSIVE excludes all."""

_SCOPED = {"INTENTION_EXCLUSIVE": {"SHARED", "EXCLUSIVE"}}
"""The same of locks on everything: GLOBAL, COMMIT, SCHEMA and the like."""


def excludes(one: str, other: str) -> bool:
    """Whether two locks on the same object cannot be held at the same time."""
    if "EXCLUSIVE" in (one, other):
        return True
    if "INTENTION_EXCLUSIVE" in (one, other):
        pair = {one, other} - {"INTENTION_EXCLUSIVE"}
        return bool(pair & _SCOPED["INTENTION_EXCLUSIVE"])
    return other in _CONFLICTS.get(one, set())


def waits(locks: Sequence[Metadata]) -> Iterator[tuple[Metadata, Metadata]]:
    """Each lock that is waited for, with each that is in its way: one that is held, or else one
    that came before and is waited for itself (a DDL before whom all reads queue up).
    """
    there: dict[tuple[str, str], list[Metadata]] = {}
    for lock in locks:
        there.setdefault((lock.type, lock.object), []).append(lock)
    for lock in locks:
        if lock.status != "PENDING":
            continue
        others = [
            other
            for other in there[lock.type, lock.object]
            if other.id != lock.id and excludes(lock.mode, other.mode)
        ]
        held = [other for other in others if other.status == "GRANTED"]
        queue = [
            other for other in others if other.status == "PENDING" and _goes_first(other, lock)
        ]
        for other in held or queue:
            yield lock, other


def _goes_first(other: Metadata, lock: Metadata) -> bool:
    """Of two that wait, the stronger one holds the weaker one up, never both each other."""
    return _strength(other.mode) > _strength(lock.mode)


def _strength(mode: str) -> int:
    return 10 if mode == "EXCLUSIVE" else len(_CONFLICTS.get(mode, ()))
