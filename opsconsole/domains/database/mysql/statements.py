"""What costs the most: digests of statements."""

from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.column import column
from opsconsole.domains.database.mysql.asking import answered, one, rows
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe

_DIGEST = "events_statements_summary_by_digest"


class Digest(NamedTuple):
    """One kind of statement, since the server started or the table was emptied."""

    schema: str
    digest: str
    text: str | None
    calls: int
    seconds: float
    p95_ms: float | None
    max_ms: float | None
    locked: float | None
    errors: int | None
    examined: int | None
    sent: int | None
    affected: int | None
    disk_tables: int | None
    no_index: int | None


class Reading(NamedTuple):
    """All digests at one moment of the server's clock."""

    at: float
    digests: dict[tuple[str, str], Digest]


def read_digests(payload: bytes) -> Reading:
    """Of the exchange `statements`; none where performance_schema is off."""
    parts = answered("statements", payload)
    at = one(rows(parts, "now", tuple[float]))[0]
    found = rows(parts, "digests", Digest)
    return Reading(at, {(each.schema, each.digest): each for each in found})


def digest_rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row per digest, the most time first."""
    seconds = now.at - before.at if before else 0.0
    return [_row(each, before, seconds) for each in now.digests.values()]


def _row(now: Digest, before: Reading | None, seconds: float) -> Row:
    was = before.digests.get((now.schema, now.digest)) if before else None
    more = was is not None and now.calls >= was.calls and 0 < seconds < 1e6
    ratio = now.examined / now.sent if now.examined is not None and now.sent else None
    return (
        clean(now.schema, 64),
        clean(now.digest, 64),
        (now.calls - was.calls) / seconds if was is not None and more else None,
        100 * (now.seconds - was.seconds) / seconds if was is not None and more else None,
        now.calls,
        now.seconds,
        1000 * now.seconds / now.calls if now.calls else None,
        now.p95_ms,
        now.max_ms,
        now.locked,
        now.examined,
        ratio,
        now.affected,
        now.errors,
        now.disk_tables,
        now.no_index,
        _text(now.text),
    )


def _text(value: str | None) -> Clean:
    return clean(" ".join((value or "")[:4000].split()), 1000)


DIGEST = Probe(
    "mysql.statement",
    "Statements",
    "statements",
    (
        column("database", "DATABASE", f"{_DIGEST} schema_name"),
        column("digest", "DIGEST", f"{_DIGEST} digest"),
        column("calls_per_s", "CALLS/S", f"{_DIGEST} count_star", Quantity.PER_S),
        column("busy_percent", "BUSY", f"{_DIGEST} sum_timer_wait: of one session",
               Quantity.PERCENT),
        column("calls", "CALLS", f"{_DIGEST} count_star", Quantity.COUNT),
        column("total_s", "TOTAL", f"{_DIGEST} sum_timer_wait", Quantity.SECONDS),
        column("mean_ms", "MEAN", f"{_DIGEST} sum_timer_wait / count_star",
               Quantity.MILLISECONDS),
        column("p95_ms", "P95", f"{_DIGEST} quantile_95 (MySQL 8)", Quantity.MILLISECONDS),
        column("max_ms", "MAX", f"{_DIGEST} max_timer_wait", Quantity.MILLISECONDS),
        column("lock_s", "LOCKED", f"{_DIGEST} sum_lock_time", Quantity.SECONDS),
        column("rows_examined", "EXAMINED", f"{_DIGEST} sum_rows_examined", Quantity.COUNT),
        column("examined_per_sent", "PER ROW", f"{_DIGEST} sum_rows_examined / sum_rows_sent",
               Quantity.NUMBER),
        column("rows_affected", "AFFECTED", f"{_DIGEST} sum_rows_affected", Quantity.COUNT),
        column("errors", "ERRORS", f"{_DIGEST} sum_errors", Quantity.COUNT),
        column("tmp_disk_tables", "TMP DISK", f"{_DIGEST} sum_created_tmp_disk_tables",
               Quantity.COUNT),
        column("no_index", "NO INDEX", f"{_DIGEST} sum_no_index_used", Quantity.COUNT),
        column("statement", "STATEMENT", f"{_DIGEST} digest_text, the first 1000 characters"),
    ),
    ("database", "digest"),
    read_digests,
    digest_rows,
)  # fmt: skip

PROBES = (DIGEST,)
