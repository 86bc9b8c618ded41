"""When backups are wrong."""

from opsconsole.domains.database.pgbackrest.probe import ANY, FULL
from opsconsole.model import Level
from opsconsole.rule import Bound, Rule

_HOUR = 3600.0
_DOCS = "pgBackRest user guide, info command"

RULES = (
    Rule(
        id="pgbackrest.backup-old",
        title="No backup for too long",
        about="All that changed since is lost with the server, unless its WAL is archived.",
        probe="pgbackrest.stanza",
        column="backup_age_s",
        source=ANY.source,
        remedies=("pgbackrest.backup", "see whether its timer or cron job runs, and its log"),
        warn=Bound(ANY.warn, 25 * _HOUR),
        crit=Bound(ANY.crit, 26 * _HOUR),
    ),
    Rule(
        id="pgbackrest.full-old",
        title="No full backup for too long",
        about="Every later backup stands on that one: a restore takes longer, and fails with it.",
        probe="pgbackrest.stanza",
        column="full_age_s",
        source=FULL.source,
        remedies=("pgbackrest.backup", "see whether the weekly job runs, and its log"),
        warn=Bound(FULL.warn, 6 * 24 * _HOUR),
        crit=Bound(FULL.crit, FULL.warn),
    ),
    Rule(
        id="pgbackrest.stanza-failing",
        title="There is no valid backup",
        about="The repository has none, or is not what the cluster needs: nothing can be restored.",
        probe="pgbackrest.stanza",
        column="state",
        source=f"{_DOCS}: status code",
        remedies=("pgbackrest.check; a first backup; see what pgbackrest info says of each "
                  "repository",),
        words={
            **dict.fromkeys(("no stanza", "no backup", "no data", "error"), Level.CRIT),
            **dict.fromkeys(("mixed", "mismatch"), Level.WARN),
        },
    ),
    Rule(
        id="pgbackrest.backup-damaged",
        title="A backup has damaged pages",
        about="Checksums were wrong when they were copied: the cluster itself is damaged.",
        probe="pgbackrest.stanza",
        column="damaged",
        source=f"{_DOCS}: error",
        remedies=("see which with pgbackrest info --set, check its disk; keep the backup before",),
        warn=Bound(1, 0),
    ),
    Rule(
        id="pgbackrest.nothing-kept",
        title="The repository is empty",
        about="It has no stanza at all: it is another repository, or what stood there is gone.",
        probe="pgbackrest.health",
        column="stanzas",
        source=f"{_DOCS}: an empty list",
        remedies=("see repo1-path in pgbackrest.conf, and whether that is mounted",),
        crit=Bound(0, 1),
    ),
)  # fmt: skip
