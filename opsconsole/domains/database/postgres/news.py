"""What two answers of a server in a row say happened: restarts, failovers, replicas that went."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.database.postgres import overview, replication
from opsconsole.model import Level, Row
from opsconsole.spec import News

_ROLE, _VERSION, _UPTIME = map(overview.HEALTH.index, ("role", "version", "uptime_s"))
_REPLICA = replication.REPLICA.index("application")
_NONE = Clean("")

SLACK = 5.0
"""Seconds by which two answers may tell the time of a start differently."""


def turned(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """A later start, another role."""
    if not before or not now:
        return []
    old, new = before[0], now[0]
    found: list[Occurrence] = []
    was, uptime = old[_UPTIME], new[_UPTIME]
    if isinstance(was, float) and isinstance(uptime, float) and uptime + SLACK < was:
        changed = old[_VERSION] != new[_VERSION]
        text = f"restarted: {old[_VERSION]} -> {new[_VERSION]}" if changed else "restarted"
        found.append(Occurrence(at - uptime, "reboot", target, _NONE, Level.WARN, clean(text)))
    if old[_ROLE] != new[_ROLE]:
        text = "was promoted to primary" if new[_ROLE] == "primary" else "is a standby now"
        roles = clean(str(old[_ROLE])), clean(str(new[_ROLE]))
        found.append(
            Occurrence(at, "change", target, Clean("role"), Level.WARN, clean(text), "", *roles)
        )
    return found


def replicas(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Replicas that stream and did not, and the other way round; by name, whatever their pid."""
    old = {str(row[_REPLICA]) for row in before if row[_REPLICA]}
    new = {str(row[_REPLICA]) for row in now if row[_REPLICA]}
    told = [(name, Level.WARN, "streams no more") for name in sorted(old - new)]
    told += [(name, Level.OK, "streams") for name in sorted(new - old)]
    return [
        Occurrence(at, "change", target, clean(name), level, clean(f"replica {name} {said}"))
        for name, level, said in told
    ]


NEWS = (News(overview.HEALTH.id, turned), News(replication.REPLICA.id, replicas))
