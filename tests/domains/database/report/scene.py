"""Four databases and their month: db-1 grows and lags, db-2 copies it, db-9 does not answer."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opsconsole import registry
from opsconsole.alert import Occurrence
from opsconsole.clean import Clean
from opsconsole.domains.database.postgres import limit
from opsconsole.domains.database.report.check import CHECKS
from opsconsole.domains.database.report.health import KINDS, REPORT
from opsconsole.engine.reporting import with_courses
from opsconsole.evidence import Evidence
from opsconsole.model import Fault, Level, Row, Sample, Target, Value
from opsconsole.spec import Probe
from tests.domains.system.report.scene import DEEDS, NOW
from tests.report.past import Course, MemoryPast

DAY = 86400.0
GIB = 1024.0**3
Cells = Mapping[str, Value]
PROBES: dict[str, Probe[Any]] = {
    probe.id: probe for kind in KINDS for probe in registry.integrations()[kind].probes
}
TARGETS = (
    Target("db-1", "postgres", "postgres"),
    Target("db-2", "postgres", "postgres"),
    Target("orders", "mysql", "mysql"),
    Target("cache", "redis", "redis"),
    Target("db-9", "postgres", "postgres"),
)
HOSTILE = "SELECT '</td><script>x</script>' | `rm` \x1b[2J[a](http://b) \u202e **x**\nFROM t"


def row(probe: str, cells: Cells) -> Row:
    """A row of a probe with these values; the others are not known."""
    columns = PROBES[probe].columns
    assert set(cells) <= {column.key for column in columns}
    found = (cells.get(column.key) for column in columns)
    return tuple(Clean(one) if isinstance(one, str) else one for one in found)


def health(**more: Value) -> Cells:
    """A PostgreSQL server that is well."""
    return {
        "role": Clean("primary"),
        "version": Clean("16.4"),
        "connections_percent": 20.0,
        "cache_hit_percent": 99.0,
        "xid_percent": 4.0,
        "prepared": 0,
        "pending_restart": 0,
        "sessions_active": 3,
        "transactions_per_s": 120.0,
        "missing": Clean(""),
        **more,
    }


def _setting(name: str, value: str, state: str = "in force") -> Cells:
    return {"name": Clean(name), "value": Clean(value), "unit": Clean(""), "state": Clean(state)}


_MANY: list[Cells] = [{"id": Clean(f"n{n}"), "calls": 1, "total_ms": 0.0} for n in range(30)]

_ANSWERS: dict[str, dict[str, list[Cells]]] = {
    "db-1": {
        "postgres.health": [health(connections_percent=92.0, pending_restart=1)],
        "postgres.size": [{"size_bytes": 100 * GIB}],
        "postgres.archiver": [
            {"state": Clean("failing"), "archived": 9, "failed_wal": Clean("00AF"),
             "failed_at": NOW - 600}
        ],
        "postgres.replica": [
            {"pid": 7, "backend": Clean("1"), "application": Clean("db-2"),
             "state": Clean("streaming"), "unreplayed_bytes": 4096.0,
             "replay_lag_s": limit.LAG.warn}
        ],
        "postgres.slot": [
            {"slot": Clean("gone"), "state": Clean("inactive"), "wal_status": Clean("reserved"),
             "retained_bytes": 5 * GIB},
            {"slot": Clean("new"), "state": Clean("inactive")},
        ],
        "postgres.receiver": [],
        "postgres.statement": [
            {"id": Clean("1"), "database": Clean("shop"), "user": Clean("app"), "calls": 10,
             "total_ms": 750.0, "mean_ms": 75.0, "query": Clean(HOSTILE)},
            {"id": Clean("2"), "database": Clean("shop"), "user": Clean("app"), "calls": 1,
             "total_ms": 250.0, "mean_ms": 250.0,
             "query": Clean("ALTER ROLE app PASSWORD 'hunter''2' VALID UNTIL 'x")},
            *_MANY,
        ],
        "postgres.table": [
            {"table": Clean("public.hot"), "heap_bytes": 9e9, "bloat_percent": 75.0},
            {"table": Clean("public.dead"), "heap_bytes": 8e9, "dead_percent": 40.0},
            {"table": Clean("public.tiny"), "heap_bytes": 1e6, "bloat_percent": 99.0},
        ],
        "postgres.advice": [
            {"finding": Clean("duplicate"), "object": Clean("public.again"), "size_bytes": 1e9}
        ],
        "postgres.setting": [
            _setting("work_mem", "64MB"),
            _setting("port", "5432"),
            _setting("archive_command", "push --key=s3cr3t %p"),
            _setting("max_connections", "100", "restart"),
        ],
        "postgres.file": [],
    },
    "db-2": {
        "postgres.health": [
            health(role=Clean("standby"), replication_lag_s=0.0, cache_hit_percent=None)
        ],
        "postgres.size": [{"size_bytes": 100 * GIB}],
        "postgres.archiver": [{"state": Clean("archiving"), "archived": 0}],
        "postgres.receiver": [
            {"state": Clean("streaming"), "host": Clean("db-1"), "lag_s": 0.2,
             "replay": Clean("running")}
        ],
        "postgres.setting": [
            _setting("work_mem", "16MB"),
            _setting("port", "5433"),
            _setting("archive_command", "push --key=other %p"),
            _setting("max_connections", "100"),
        ],
        **{f"postgres.{name}": [] for name in ("replica", "slot", "statement", "table", "advice")},
    },
    "orders": {
        "mysql.health": [
            {"role": Clean("replica"), "version": Clean("8.0.39"), "connections_percent": 12.0,
             "cache_hit_percent": 99.5, "longest_transaction_s": 2.0, "history": 12,
             "missing": Clean("")}
        ],
        "mysql.replication": [
            {"channel": Clean("(default)"), "source": Clean("a:3306"), "io": Clean("yes"),
             "sql": Clean("no"), "sql_error": Clean("Duplicate entry")}
        ],
        "mysql.galera": [],
        "mysql.statement": [
            {"database": Clean("shop"), "digest": Clean("d"), "calls": 4, "total_s": 2.0,
             "no_index": 4, "rows_examined": 900_000, "statement": Clean("SELECT * FROM `t`")},
            {"database": Clean("shop"), "digest": Clean("e"), "calls": 4, "total_s": 0.1,
             "no_index": 4, "rows_examined": 12, "statement": Clean("SELECT * FROM `few`")},
        ],
        "mysql.schema": [{"database": Clean("shop"), "size_bytes": 3 * GIB, "free_bytes": 2e9}],
    },
    "cache": {
        "redis.overview": [
            {"role": Clean("primary"), "version": Clean("7.2"), "connections_percent": 1.0,
             "size_bytes": 1e8, "sessions_active": 5}
        ],
        "redis.memory": [{"used_bytes": 1e8, "fragmentation": 1.1}],
        "redis.persistence": [
            {"snapshot": Clean("err"), "aof": Clean("off"), "changes": 5, "saved_ago_s": 3 * DAY}
        ],
        "redis.replication": [],
        "redis.command": [{"command": Clean("get"), "calls": 1000, "lasting_ms": 0.01}],
    },
}  # fmt: skip

_DENIED = Fault("denied", Clean("permission denied"), Clean("GRANT SELECT ON it"))
_LOST = Fault("unreachable", Clean("no route to host"), Clean("check its power"))


def samples() -> list[Sample]:
    """What they answer now."""
    found = [
        Sample(probe, target, NOW - 1, [row(probe, cells) for cells in answers], None, 5.0)
        for target, said in _ANSWERS.items()
        for probe, answers in said.items()
    ]
    found.append(Sample("postgres.file", "db-2", NOW - 1, None, _DENIED, 60.0))
    found += [Sample(probe, "db-9", NOW - 1, None, _LOST, 5.0) for probe in PROBES]
    return found


def past(occurrences: Sequence[Occurrence] = ()) -> MemoryPast:
    """Thirty days of it: db-1 grows by 2 GiB a day and had a bad cache all along."""
    courses: dict[tuple[str, str, Row, str], Course] = {
        ("postgres.size", "db-1", (), "size_bytes"): lambda at: (100 + 2 * (at - NOW) / DAY) * GIB,
        ("postgres.size", "db-2", (), "size_bytes"): lambda at: (
            100 + 0.01 * math.sin(at) * math.cos(at / 3)
        ) * GIB,
        ("postgres.health", "db-1", (), "cache_hit_percent"): lambda _at: 55.0,
        ("postgres.health", "db-1", (), "connections_percent"): lambda _at: 50.0,
    }  # fmt: skip
    return MemoryPast(courses, (NOW - 30 * DAY, NOW), occurrences)


def alerted(
    ago: float, text: str = "92 %", kind: str = "alert", id_: str = "postgres.connections:db-1"
) -> Occurrence:
    """An alert of db-1, or its end."""
    level = Level.WARN if kind == "alert" else Level.OK
    return Occurrence(NOW - ago, kind, "db-1", Clean(""), level, Clean(text), id_)


def evidence(
    recorded: MemoryPast | None = None,
    only: Callable[[Target], bool] = lambda _target: True,
    **more: Any,  # Any: whatever the evidence holds
) -> Evidence:
    """All of it, as a builder is given it."""
    targets = tuple(filter(only, TARGETS))
    said: dict[str, Any] = {  # Any: as above
        "alerts": (),
        "deeds": DEEDS[:1],
        "checks": CHECKS,
        "recorded": recorded.span if recorded else None,
        **more,
    }
    found = Evidence(
        *(NOW, NOW - 7 * DAY, NOW, targets),
        {id_: probe.columns for id_, probe in PROBES.items()},
        {id_: probe.key for id_, probe in PROBES.items()},
        {(one.probe, one.target): one for one in samples()},
        **said,
    )
    return with_courses(found, recorded, REPORT.past)
