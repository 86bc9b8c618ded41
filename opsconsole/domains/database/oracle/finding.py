"""When an Oracle database is wrong, and what can be done about it."""

from typing import TypedDict

from opsconsole.domains.database.oracle import limit
from opsconsole.model import Level, Limits
from opsconsole.rule import Bound, Condition, Rule

HEALTH, TABLESPACE = "oracle.health", "oracle.tablespace"

_KILL = ("oracle.cancel-sql", "oracle.kill-session")


class Pair(TypedDict):
    """Both levels of a rule."""

    warn: Bound
    crit: Bound


def _pair(limits: Limits, warn: float, crit: float) -> Pair:
    """Both levels of a column's limits, and where each is over."""
    return {"warn": Bound(limits.warn, warn), "crit": Bound(limits.crit, crit)}


_LOAD = (
    Rule(
        id="oracle.connections-full",
        title="Sessions or processes run out",
        about="At 100 % nobody new gets in: ORA-00018, ORA-00020, and ORA-12519 of the listener.",
        probe=HEALTH,
        column="connections_percent",
        source=limit.CONNECTIONS.source,
        remedies=("oracle.kill-session", "Make pools smaller, or raise processes and restart."),
        **_pair(limit.CONNECTIONS, 75, 80),
    ),
    Rule(
        id="oracle.sessions-wait-long",
        title="Sessions wait long for locks",
        about="What they should do stands still until another session ends its transaction.",
        probe=HEALTH,
        column="long_waits",
        source=limit.LONG_WAITS.source,
        remedies=(*_KILL, "End the root of the tree of locks: oracle.lock shows it."),
        **_pair(limit.LONG_WAITS, 0, 10),
    ),
    Rule(
        id="oracle.shared-pool-short",
        title="The shared pool is nearly full",
        about="Statements are parsed again and again, and in the end fail with ORA-04031.",
        probe=HEALTH,
        column="shared_pool_free_percent",
        source=limit.SHARED_POOL.source,
        remedies=("Raise shared_pool_size or sga_target; use binds where literals stand.",),
        for_s=300,
        **_pair(limit.SHARED_POOL, 7, 5),
    ),
    Rule(
        id="oracle.redo-few",
        title="Few redo groups",
        about="Writers stop at a switch until the only other group is archived.",
        probe=HEALTH,
        column="redo_groups",
        source=limit.REDO.source,
        remedies=("Add groups: ALTER DATABASE ADD LOGFILE.",),
        **_pair(limit.REDO, 3, 2),
    ),
)

_SPACE = (
    Rule(
        id="oracle.tablespace-limit",
        title="Tablespace nears its maximum",
        about="When its files may grow no more, what writes there fails: ORA-01653.",
        probe=TABLESPACE,
        column="max_percent",
        source=limit.MAXIMUM.source,
        remedies=("Add a file, or raise MAXSIZE of one.",),
        guards=(Condition("grows", "==", "yes"),),
        every_s=300,
        **_pair(limit.MAXIMUM, 75, 85),
    ),
    Rule(
        id="oracle.tablespace-full",
        title="Tablespace is nearly full",
        about="None of its files grows: when it is full, what writes there fails.",
        probe=TABLESPACE,
        column="used_percent",
        source=limit.USED.source,
        remedies=("Add a file, or let one extend itself: AUTOEXTEND ON MAXSIZE.",),
        guards=(Condition("grows", "==", "no"),),
        every_s=300,
        **_pair(limit.USED, 85, 90),
    ),
    Rule(
        id="oracle.disk-group-full",
        title="ASM disk group is nearly full",
        about="No file in it can grow, and a lost disk cannot be mirrored again.",
        probe="oracle.disk-group",
        column="used_percent",
        source=limit.ASM.source,
        remedies=("Add disks to the group, or move files out of it.",),
        every_s=300,
        **_pair(limit.ASM, 85, 90),
    ),
    Rule(
        id="oracle.recovery-area-full",
        title="Recovery area is nearly full",
        about="When it is full, redo cannot be archived and every change waits: ORA-00257.",
        probe="oracle.recovery-area",
        column="used_percent",
        source=limit.RECOVERY.source,
        remedies=("Back archived redo up and delete it with RMAN, or raise its size.",),
        every_s=300,
        **_pair(limit.RECOVERY, 80, 90),
    ),
)

_UPKEEP = (
    Rule(
        id="oracle.password-expires",
        title="A password expires soon",
        about="After that day the account gets in no more: ORA-28001.",
        probe="oracle.account",
        column="left_s",
        source=limit.EXPIRY.source,
        remedies=("Set a new password, or give the account another profile.",),
        every_s=3600,
        **_pair(limit.EXPIRY, 691200, 86400),
    ),
    Rule(
        id="oracle.backup-failed",
        title="The last backup failed",
        about="What changed since the one before could not be restored from it.",
        probe="oracle.backup",
        column="last",
        source="V$RMAN_BACKUP_JOB_DETAILS status, in Oracle's reference",
        remedies=("Read V$RMAN_OUTPUT of that session, and run the job again.",),
        words={
            "failed": Level.CRIT,
            "running with errors": Level.WARN,
            "completed with errors": Level.WARN,
        },
        every_s=3600,
    ),
)

RULES = (*_LOAD, *_SPACE, *_UPKEEP)
