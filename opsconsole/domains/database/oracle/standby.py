"""Data Guard: how far a stand-by is behind, and where redo goes."""

from typing import NamedTuple

from opsconsole.domains.database.column import column
from opsconsole.domains.database.oracle.asking import answered, rows, text, word
from opsconsole.domains.database.oracle.health import seconds
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe


class Stat(NamedTuple):
    """A row of `v$dataguard_stats`."""

    name: str | None
    value: str | None
    computed: str | None


class Destination(NamedTuple):
    """A row of `v$archive_dest_status`."""

    id: int
    name: str | None
    status: str | None
    kind: str | None
    database_mode: str | None
    recovery_mode: str | None
    gap: str | None
    place: str | None
    error: str | None


def read_stats(payload: bytes) -> list[Stat]:
    """One answer of the exchange `standby`; raises `Denied`."""
    return rows(answered("standby", payload), "standby", "stats", Stat)


def stat_rows(now: list[Stat], _before: list[Stat] | None) -> list[Row]:
    """One row per figure of a stand-by; none on a primary."""
    return [
        (word(one.name), seconds(one.value), text(one.value, 40), text(one.computed, 40))
        for one in now
    ]


def read_destinations(payload: bytes) -> list[Destination]:
    """The same, for destinations."""
    return rows(answered("standby", payload), "standby", "destinations", Destination)


def destination_rows(now: list[Destination], _before: list[Destination] | None) -> list[Row]:
    """One row per destination in use, those with an error first."""
    return [
        (
            one.id,
            text(one.name, 64),
            word(one.status),
            word(one.kind),
            word(one.database_mode),
            word(one.recovery_mode),
            word(one.gap),
            text(one.place, 128),
            text(one.error, 256),
        )
        for one in sorted(now, key=lambda one: (not one.error, one.id))
    ]


_STATS = "v$dataguard_stats"

STAT = Probe(
    "oracle.standby",
    "Data Guard lag",
    "standby",
    (
        column("name", "WHAT", f"{_STATS} name: transport lag, apply lag and others"),
        column("seconds", "TIME", f"{_STATS} value", Quantity.SECONDS),
        column("value", "VALUE", f"{_STATS} value, as the server writes it"),
        column("computed", "AS OF", f"{_STATS} time_computed"),
    ),
    ("name",),
    read_stats,
    stat_rows,
)

_STATUS = "v$archive_dest_status"

DESTINATION = Probe(
    "oracle.destination",
    "Redo destinations",
    "standby",
    (
        column("id", "ID", f"{_STATUS} dest_id", Quantity.COUNT),
        column("name", "NAME", f"{_STATUS} dest_name"),
        column("status", "STATUS", f"{_STATUS} status", Quantity.STATE),
        column("kind", "KIND", f"{_STATUS} type", Quantity.STATE),
        column("database_mode", "DATABASE", f"{_STATUS} database_mode", Quantity.STATE),
        column("recovery_mode", "RECOVERY", f"{_STATUS} recovery_mode", Quantity.STATE),
        column("gap", "GAP", f"{_STATUS} gap_status", Quantity.STATE),
        column("place", "WHERE", f"{_STATUS} destination"),
        column("error", "ERROR", f"{_STATUS} error"),
    ),
    ("id",),
    read_destinations,
    destination_rows,
)

PROBES = (STAT, DESTINATION)
