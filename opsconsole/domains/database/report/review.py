"""Review of SQL: what costs most, which indexes to add or drop, what is bloated."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.document import Block, Field, Paragraph, Section, Table
from opsconsole.domains.database.discretion import discreet
from opsconsole.domains.database.mysql import statements as mysql
from opsconsole.domains.database.mysql.storage import SCHEMA
from opsconsole.domains.database.postgres import limit, relation
from opsconsole.domains.database.postgres import statements as postgres
from opsconsole.domains.database.redis.memory import MEMORY
from opsconsole.domains.database.redis.slow import COMMAND
from opsconsole.domains.database.report.reading import (
    Said,
    kind_of,
    listed,
    reached,
    said,
    size,
    unsaid,
    words,
)
from opsconsole.evidence import Evidence
from opsconsole.model import Quantity, Value
from opsconsole.spec import Probe

TOP = 10
"""Statements of each server."""

LARGE = 100e6
"""Bytes from which the bloat of a table is worth a line, as for Netdata."""

DEAD = 20.0
"""Percent of dead rows, the usual autovacuum_vacuum_scale_factor."""

MANY = 1000
"""Rows read by a call from which an index is worth a thought, ours: fewer are read as fast."""

RATIO = 1.5
"""Fragmentation of Redis from which it is told, as for awesome-prometheus-alerts."""


class Cost(NamedTuple):
    """A kind of statement, since the counters began."""

    database: Value
    calls: Value
    total_ms: float
    mean_ms: Value
    longest_ms: Value
    cache_hit_percent: Value
    text: Value


def _postgres(row: Said) -> Cost:
    return Cost(
        *(row["database"], row["calls"], size(row["total_ms"]), row["mean_ms"]),
        *(row["longest_ms"], row["cache_hit_percent"]),
        row["query"] if row["query"] is not None else clean(f"query id {row['id']}", 60),
    )


def _mysql(row: Said) -> Cost:
    total = 1000 * size(row["total_s"])
    return Cost(
        *(row["database"], row["calls"], total, row["mean_ms"], row["max_ms"], None),
        row["statement"] or clean(f"digest {row['digest']}", 80),
    )


def _redis(row: Said) -> Cost:
    total = size(row["calls"]) * size(row["lasting_ms"])
    return Cost(None, row["calls"], total, row["lasting_ms"], None, None, row["command"])


_COSTS: Mapping[str, tuple[Probe[Any], Callable[[Said], Cost]]] = {
    "postgres": (postgres.STATEMENT, _postgres),
    "mysql": (mysql.DIGEST, _mysql),
    "redis": (COMMAND, _redis),
}  # Any: each probe has a reading type of its own

_FIELDS = (
    Field("database", "Database"),
    Field("calls", "Calls", Quantity.COUNT),
    Field("total_ms", "Total", Quantity.MILLISECONDS),
    Field("share_percent", "Share", Quantity.PERCENT),
    Field("mean_ms", "Mean", Quantity.MILLISECONDS),
    Field("longest_ms", "Longest", Quantity.MILLISECONDS),
    Field("cache_hit_percent", "Cache hit", Quantity.PERCENT),
    Field("statement", "Statement"),
)


def costs(evidence: Evidence, target: str, kind: str) -> list[Cost]:
    """What a server has counted, what took most time first."""
    probe, cost = _COSTS[kind]
    return sorted(map(cost, said(evidence, probe, target)), key=lambda one: -one.total_ms)


def statements(evidence: Evidence) -> Section:
    """A table for each server: ten of its statements by total time."""
    blocks: list[Block] = [
        Paragraph(
            "By total time since each server's counters began, which may be longer ago than the"
            " period. Whether a plan changed is not known: nothing here records plans."
        )
    ]
    for one in evidence.targets:
        if one.kind in _COSTS and not evidence.why(one.id):
            found = costs(evidence, one.id, one.kind)
            blocks += [_top(one.id, found)] if found else []
    blocks += unsaid(evidence, *(probe for probe, _ in _COSTS.values()))
    blocks += [
        Paragraph(f"{target} has counted no statement.")
        for kind, (probe, _) in _COSTS.items()
        for target in reached(evidence, kind)
        if (sample := evidence.samples.get((probe.id, target))) is not None and sample.rows == []
    ]
    return Section("Top statements", tuple(blocks))


def masked(text: Value) -> Value:
    """A statement without its literals where one may be a password: not all are normalised."""
    return clean(discreet(text), len(text) + 100) if isinstance(text, str) else text


def _top(target: str, found: list[Cost]) -> Table:
    whole = sum(one.total_ms for one in found)
    rows = tuple(
        (
            *(words(one.database, 64), one.calls, one.total_ms),
            100 * one.total_ms / whole if whole > 0 else None,
            *(one.mean_ms, one.longest_ms, one.cache_hit_percent, words(masked(one.text))),
        )
        for one in found[:TOP]
    )
    return Table(_FIELDS, rows, f"{target}: {len(rows)} of {len(found)}")


def indexes(evidence: Evidence) -> Iterator[Section]:
    """What to add and what to drop; nothing without a server that has indexes."""
    if not reached(evidence, "postgres", "mysql"):
        return
    blocks: list[Block] = []
    if reached(evidence, "postgres"):
        blocks.append(
            Paragraph(
                "PostgreSQL: of the database that is connected to. An unused index may serve a"
                " replica, and one that is unique keeps a rule: look before it goes."
            )
        )
        keys = ("database", "finding", "object", "table", "size_bytes", "why")
        found = listed(evidence, relation.ADVICE, *keys, title="Indexes", order="size_bytes")
        blocks += found or [Paragraph("PostgreSQL: nothing to advise.")]
        blocks += unsaid(evidence, relation.ADVICE)
    if reached(evidence, "mysql"):
        keys = ("database", "no_index", "calls", "rows_examined", "examined_per_sent", "statement")
        found = listed(
            *(evidence, mysql.DIGEST, *keys),
            title="Statements that ran without an index",
            wanted=_searches,
            order="rows_examined",
        )
        blocks += found or [Paragraph("MySQL: no statement is known to have run without an index.")]
    yield Section("Index advice", tuple(blocks))


def _searches(row: Said) -> bool:
    calls = size(row["calls"])
    return size(row["no_index"]) > 0 and calls > 0 and size(row["rows_examined"]) / calls >= MANY


def bloat(evidence: Evidence) -> Iterator[Section]:
    """Room that tables and memory hold and do not use."""
    blocks: list[Block] = []
    if reached(evidence, "postgres"):
        blocks += _tables(evidence)
    if reached(evidence, "mysql"):
        keys = ("database", "size_bytes", "free_bytes", "tables")
        found = listed(
            *(evidence, SCHEMA, *keys),
            title="Free room within tables of MySQL",
            wanted=lambda row: size(row["free_bytes"]) >= LARGE,
            order="free_bytes",
        )
        blocks += found or [Paragraph("MySQL: no schema is known to hold 100 MB of free room.")]
        blocks += unsaid(evidence, SCHEMA)
    if reached(evidence, kind_of(MEMORY)):
        keys = ("used_bytes", "rss_bytes", "fragmentation", "fragmentation_bytes")
        found = listed(
            *(evidence, MEMORY, *keys),
            title="Memory of Redis in fragments",
            wanted=lambda row: (
                size(row["fragmentation"]) >= RATIO and size(row["fragmentation_bytes"]) >= LARGE
            ),
            order="fragmentation_bytes",
        )
        blocks += found or [Paragraph("Redis: no memory is known to lie in fragments.")]
    if blocks:
        yield Section("Bloat", tuple(blocks))


def _tables(evidence: Evidence) -> Iterator[Block]:
    keys = ("database", "table", "heap_bytes", "bloat_percent", "dead", "dead_percent", "vacuum_s")
    found = listed(
        *(evidence, relation.TABLE, *keys),
        title="Tables of PostgreSQL",
        wanted=_bloated,
        order="heap_bytes",
    )
    yield from found or [Paragraph("PostgreSQL: no table of 100 MB is known to be bloated.")]
    for target in reached(evidence, "postgres"):
        rows = said(evidence, relation.TABLE, target)
        rows = [row for row in rows if size(row["heap_bytes"]) >= LARGE]
        hidden = sum(row["bloat_percent"] is None for row in rows)
        if hidden:
            why = Clean("never analyzed, or no SELECT on them: GRANT pg_read_all_data")
            yield Paragraph(
                f"Bloat of {hidden} of {len(rows)} large tables of {target} is not known: {why}."
            )
    yield from unsaid(evidence, relation.TABLE)


def _bloated(row: Said) -> bool:
    if size(row["heap_bytes"]) < LARGE:
        return False
    return size(row["bloat_percent"]) >= limit.BLOAT.warn or size(row["dead_percent"]) >= DEAD
