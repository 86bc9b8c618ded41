"""What two answers in a row say happened: another leader, a member that went, a pause."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.database.patroni.probe import CLUSTER, MEMBER
from opsconsole.model import Level, Row, Value
from opsconsole.spec import News

_LEADER, _MANAGEMENT = map(CLUSTER.index, ("leader", "management"))
_NAME = MEMBER.index("name")


def _change(target: str, at: float, what: str, level: Level, old: Value, new: Value) -> Occurrence:
    was, is_ = (clean(str(value) or "none") for value in (old, new))
    text = clean(f"{what} {was} -> {is_}")
    return Occurrence(at, "change", target, clean(what), level, text, "", was, is_)


def turned(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Another leader, or none; failover paused or not any more."""
    found: list[Occurrence] = []
    for old, new in zip(before, now, strict=False):
        if old[_LEADER] != new[_LEADER]:
            level = Level.WARN if new[_LEADER] else Level.CRIT
            found.append(_change(target, at, "leader", level, old[_LEADER], new[_LEADER]))
        if old[_MANAGEMENT] != new[_MANAGEMENT]:
            level = Level.WARN if new[_MANAGEMENT] == "paused" else Level.OK
            found.append(_change(target, at, "failover", level, old[_MANAGEMENT], new[_MANAGEMENT]))
    return found


def members(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Members that went, and that came."""
    old, new = ({Clean(str(row[_NAME])) for row in rows} for rows in (before, now))
    told = [(name, Level.WARN, "is gone") for name in sorted(old - new)]
    told += [(name, Level.OK, "came") for name in sorted(new - old)]
    return [
        Occurrence(at, "change", target, name, level, clean(f"member {name} {said}"))
        for name, level, said in told
    ]


NEWS = (News(CLUSTER.id, turned), News(MEMBER.id, members))
