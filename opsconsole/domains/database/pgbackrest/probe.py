"""Backups: how old the newest are, whether they are whole, what the repository holds."""

from collections.abc import Iterable

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.pgbackrest.wire import (
    Backup,
    Reading,
    Stanza,
    read,
    total,
    whole,
)
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.spec import Probe

DAY = 86400.0
FULL = Limits(7 * DAY, 14 * DAY, "ours: a full backup each week; twice that is none for long")
ANY = Limits(26 * 3600.0, 3 * DAY, "ours: a backup each day, and two hours for it to take")

STATES = {
    0: "ok",
    1: "no stanza",
    2: "no backup",
    3: "no data",
    4: "mixed",
    5: "mismatch",
}
"""By pgBackRest's code; of several repositories some may be well: mixed."""


def state(one: Stanza) -> Clean:
    """How a stanza is, in one or two words."""
    return Clean(STATES.get(one.status.code, "error"))


def age(now: int, backups: Iterable[Backup], kind: str = "") -> float | None:
    """Seconds since the newest of a kind ended; None without one."""
    ends = [whole(one.timestamp.stop) for one in backups if kind in {"", one.type}]
    known = [end for end in ends if end is not None]
    return float(max(0, now - max(known))) if known else None


def stanza_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per stanza."""
    return [_stanza(now.now, one) for one in now.stanzas]


def _stanza(now: int, one: Stanza) -> Row:
    newest = one.backup[-1] if one.backup else None
    wal = one.archive[-1] if one.archive else None
    bad = [repo.key for repo in one.repo if repo.status.code]
    return (
        clean(one.name, 64),
        state(one),
        clean(one.status.message, 120),
        age(now, one.backup),
        age(now, one.backup, "full"),
        age(now, one.backup, "diff"),
        age(now, one.backup, "incr"),
        clean(newest.label, 64) if newest else None,
        len(one.backup),
        sum(backup.error is True for backup in one.backup),
        total(backup.info.repository.delta for backup in one.backup),
        whole(newest.info.size) if newest else None,
        clean(wal.min or "", 40) if wal else None,
        clean(wal.max or "", 40) if wal else None,
        Clean("yes" if one.status.lock.backup.held else "no"),
        clean(one.db[-1].version, 20) if one.db else None,
        clean(" ".join(map(str, bad[:20]))),
    )


def backup_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per backup, the newest first."""
    return [_backup(now.now, one, made) for one in now.stanzas for made in reversed(one.backup)]


def _backup(now: int, one: Stanza, made: Backup) -> Row:
    start, stop = whole(made.timestamp.start), whole(made.timestamp.stop)
    return (
        clean(one.name, 64),
        clean(made.label, 64),
        clean(made.type, 12),
        None if stop is None else float(max(0, now - stop)),
        None if stop is None else float(stop),
        None if start is None or stop is None else float(max(0, stop - start)),
        whole(made.info.size),
        whole(made.info.delta),
        whole(made.info.repository.delta),
        clean(made.archive.start or "", 40),
        clean(made.archive.stop or "", 40),
        None if made.error is None else Clean("yes" if made.error else "no"),
    )


def health_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """The only row: the oldest of each stanza's newest."""
    every = now.stanzas
    made = [backup for one in every for backup in one.backup]
    newest = max(made, key=lambda one: one.timestamp.stop, default=None)
    return [
        (
            Clean("backup"),
            clean(newest.backrest.version, 20) if newest else None,
            len(every),
            sum(one.status.code != 0 for one in every),
            _oldest(age(now.now, one.backup) for one in every),
            _oldest(age(now.now, one.backup, "full") for one in every),
            len(made),
            sum(one.status.lock.backup.held for one in every),
            total(backup.info.repository.delta for backup in made),
        )
    ]


def _oldest(ages: Iterable[float | None]) -> float | None:
    return max((one for one in ages if one is not None), default=None)


def _column(
    key: str, title: str, source: str, quantity: Quantity = Quantity.TEXT,
    limits: Limits | None = None, history: bool = False,
) -> Column:  # fmt: skip
    return Column(key, title, quantity, f"pgbackrest info: {source}", limits, history)


_AGE, _SIZE = Quantity.SECONDS, Quantity.BYTES

HEALTH = Probe(
    "pgbackrest.health",
    "Backups",
    "info",
    (
        _column("role", "ROLE", "always backup", Quantity.STATE),
        _column("version", "VERSION", "backrest version of the newest backup"),
        _column("stanzas", "STANZAS", "how many there are", Quantity.COUNT),
        _column("failing", "FAILING", "how many of them are not ok", Quantity.COUNT),
        _column("backup_age_s", "BACKUP AGE", "of the stanza whose newest is oldest", _AGE, ANY,
                history=True),
        _column("full_age_s", "FULL AGE", "of the stanza whose newest full is oldest", _AGE, FULL),
        _column("backups", "BACKUPS", "of all stanzas", Quantity.COUNT),
        _column("running", "RUNNING", "stanzas with a backup under way", Quantity.COUNT),
        _column("repository_bytes", "REPOSITORY", "sum of repository delta: without WAL", _SIZE,
                history=True),
    ),
    (),
    read,
    health_rows,
    on_demand=False,
)  # fmt: skip

STANZA = Probe(
    "pgbackrest.stanza",
    "Stanzas",
    "info",
    (
        _column("stanza", "STANZA", "name"),
        _column("state", "STATE", "status code", Quantity.STATE),
        _column("message", "SAYS", "status message"),
        _column("backup_age_s", "AGE", "end of the newest backup, by that host's clock", _AGE, ANY),
        _column("full_age_s", "FULL", "end of the newest full backup", _AGE, FULL),
        _column("diff_age_s", "DIFF", "end of the newest differential backup", _AGE),
        _column("incr_age_s", "INCR", "end of the newest incremental backup", _AGE),
        _column("newest", "NEWEST", "label of the newest backup"),
        _column("backups", "BACKUPS", "how many there are", Quantity.COUNT),
        _column("damaged", "DAMAGED", "backups with error: pages whose checksum is wrong",
                Quantity.COUNT),
        _column("repository_bytes", "REPOSITORY", "sum of repository delta: without WAL", _SIZE),
        _column("database_bytes", "DATABASE", "size of the cluster in the newest backup", _SIZE),
        _column("wal_first", "WAL FROM", "archive min"),
        _column("wal_last", "WAL TO", "archive max"),
        _column("running", "RUNNING", "status lock backup held", Quantity.STATE),
        _column("version", "POSTGRES", "db version"),
        _column("bad_repositories", "BAD REPOS", "keys of repositories that are not ok"),
    ),
    ("stanza",),
    read,
    stanza_rows,
    on_demand=False,
)  # fmt: skip

BACKUP = Probe(
    "pgbackrest.backup",
    "Backups",
    "info",
    (
        _column("stanza", "STANZA", "name"),
        _column("label", "LABEL", "label: F is full, D differential, I incremental"),
        _column("type", "TYPE", "type", Quantity.STATE),
        _column("age_s", "AGE", "timestamp stop, by that host's clock", _AGE),
        _column("finished", "FINISHED", "timestamp stop", Quantity.TIME),
        _column("took_s", "TOOK", "timestamp", _AGE),
        _column("size_bytes", "DATABASE", "info size", _SIZE),
        _column("copied_bytes", "COPIED", "info delta", _SIZE),
        _column("repository_bytes", "REPOSITORY", "info repository delta", _SIZE),
        _column("wal_start", "WAL FROM", "archive start"),
        _column("wal_stop", "WAL TO", "archive stop"),
        _column("damaged", "DAMAGED", "error: pages whose checksum is wrong", Quantity.STATE),
    ),
    ("stanza", "label"),
    read,
    backup_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip

PROBES = (HEALTH, STANZA, BACKUP)
