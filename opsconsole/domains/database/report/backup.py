"""Backups: what pgBackRest has, how old it is, and what that is worth."""

from collections.abc import Iterator

from opsconsole.check import Check, Outcome, limited
from opsconsole.document import Block, Paragraph, Section
from opsconsole.domains.database.pgbackrest.probe import BACKUP, STANZA
from opsconsole.domains.database.postgres import database
from opsconsole.domains.database.redis.persistence import PERSISTENCE
from opsconsole.domains.database.report.reading import listed, reached, unsaid
from opsconsole.evidence import Evidence
from opsconsole.model import Level
from opsconsole.rule import Condition

_OLD = "See whether its timer or cron job runs, and what its log says; then back up"


def _aged(id_: str, title: str, key: str) -> Check:
    return limited(id_, title, STANZA.id, STANZA.columns[STANZA.index(key)], _OLD)


CHECKS = (
    Check(
        "pgbackrest.valid",
        "There is a valid backup",
        STANZA.id,
        (
            Outcome(Level.OK, (Condition("state", "==", "ok"),), "{newest}"),
            Outcome(Level.WARN, (Condition("state", "==", "mixed"),), "{message}: repository"
                    " {bad_repositories}"),
            Outcome(Level.WARN, (Condition("state", "==", "mismatch"),), "{message}"),
            Outcome(Level.CRIT, (), "{state}: {message}"),
        ),
        "state",
        "See what pgbackrest check says; nothing can be restored until it is mended",
    ),
    _aged("pgbackrest.age", "Newest backup", "backup_age_s"),
    _aged("pgbackrest.full", "Newest full backup", "full_age_s"),
    Check(
        "pgbackrest.damaged",
        "Pages of backups",
        STANZA.id,
        (
            Outcome(Level.CRIT, (Condition("damaged", ">", 0),), "{damaged} with wrong checksums"),
            Outcome(Level.OK, (), "none of {backups} is known to be damaged"),
        ),
        "damaged",
        "The cluster itself is damaged: keep the backup before, and look at its disk",
    ),
)  # fmt: skip

_NONE = (
    "There is no backup evidence: no target of kind pgbackrest answers. What follows is what the"
    " servers themselves keep for a way back."
)


def section(evidence: Evidence) -> Iterator[Section]:
    """Backups, archive and snapshots, and what is not known of them."""
    stanza = ("stanza", "state", "backup_age_s", "full_age_s", "backups", "damaged",
              "repository_bytes", "wal_first", "wal_last")  # fmt: skip
    backup = ("stanza", "label", "type", "finished", "took_s", "repository_bytes", "damaged")
    archive = ("state", "mode", "archived", "last", "failed_total", "failed_at")
    saved = ("snapshot", "saved", "changes", "aof", "aof_write", "aof_bytes")
    there = reached(evidence, "pgbackrest")
    blocks: list[Block] = [
        *([] if there else [Paragraph(_NONE)]),
        *listed(evidence, STANZA, *stanza, title="Stanzas of pgBackRest"),
        *listed(evidence, BACKUP, *backup, title="Backups of pgBackRest"),
        *unsaid(evidence, STANZA),
        Paragraph("Restore test: not known. Drill of a failover: not known."),
        *listed(evidence, database.ARCHIVER, *archive, title="WAL archive of PostgreSQL"),
        *listed(evidence, PERSISTENCE, *saved, title="Redis on disk"),
    ]
    if reached(evidence, "mysql"):
        blocks.append(Paragraph("MySQL: whether binary logs are kept is not read."))
    yield Section("Backup and recovery", tuple(blocks))
