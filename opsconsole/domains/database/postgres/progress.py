"""What takes long, and how far it is: vacuum, index builds, backups, analyze, copy."""

import msgspec

from opsconsole.clean import clean
from opsconsole.domains.database.postgres.asking import (
    column,
    number,
    percent,
    read,
    statement,
    text,
)
from opsconsole.model import Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Exchange, Probe

STATEMENTS = (
    statement("progress-vacuum"),
    statement("progress-index"),
    statement("progress-backup"),
    statement("progress-analyze"),
    statement("progress-copy", since=140000),
)
EXCHANGES = (Exchange("progress", every=2, on_demand=True, compared=False),)


class Progress(msgspec.Struct, array_like=True):
    """A row of any of them."""

    pid: int
    backend: str | None
    what: str | None
    database: str | None
    object: str | None
    phase: str | None
    done: float | None
    total: float | None
    seconds: float | None


def read_progress(payload: bytes) -> list[Progress]:
    """All that are under way."""
    return read(parted(payload, len(STATEMENTS)), Progress)


def progress_rows(now: list[Progress], _before: list[Progress] | None) -> list[Row]:
    """One row each; its share is that of its phase."""
    rows: list[Row] = []
    for one in now:
        share = percent(one.done, one.total)
        rows.append(
            (
                one.pid,
                clean(one.backend or "", 24),
                text(one.what),
                text(one.database),
                text(one.object),
                text(one.phase),
                None if share is None else min(share, 100.0),
                number(one.seconds),
            )
        )
    return rows


PROGRESS = Probe(
    "postgres.progress",
    "Under way",
    "progress",
    (
        column("pid", "PID", "pg_stat_progress_* pid", Quantity.COUNT),
        column("backend", "BACKEND", "pg_stat_activity backend_start, microseconds"),
        column("what", "WHAT", "pg_stat_progress_* command"),
        column("database", "DATABASE", "pg_stat_progress_* datname"),
        column("object", "OBJECT", "pg_stat_progress_* relid or index_relid"),
        column("phase", "PHASE", "pg_stat_progress_* phase"),
        column("done_percent", "DONE", "of this phase: blocks, rows or bytes", Quantity.PERCENT),
        column("elapsed_s", "ELAPSED", "pg_stat_activity xact_start or query_start",
               Quantity.SECONDS),
    ),
    ("pid", "backend"),
    read_progress,
    progress_rows,
)  # fmt: skip

PROBES = (PROGRESS,)
