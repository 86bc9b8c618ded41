"""Traps as lines of the timeline, of the target that they are from where the estate has it."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.system.traps.row import TRAPS
from opsconsole.model import Level, Row
from opsconsole.spec import News

MOST = 25
"""Lines of one answer; what is beyond them is counted in one more."""

_NUMBER, _AT, _FROM, _TARGET, _TRAP, _JUDGED, _OBJECT, _SAID, _FOREIGN = map(
    TRAPS.index,
    ("number", "at", "source", "target", "trap", "judged", "object", "said", "came_from"),
)
_LEVELS = {"ok": Level.OK, "warning": Level.WARN, "critical": Level.CRIT}


def came(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """What came between two answers."""
    known = {row[_NUMBER] for row in before}
    fresh = [row for row in reversed(now) if row[_NUMBER] not in known]
    found = [_line(target, at, row) for row in fresh[:MOST]]
    if len(fresh) > MOST:
        more = clean(f"{len(fresh) - MOST} more traps at once")
        worst = max(_level(row) for row in fresh[MOST:])
        found.append(Occurrence(at, "trap", target, Clean(""), worst, more))
    return found


def _level(row: Row) -> Level:
    return _LEVELS.get(str(row[_JUDGED]), Level.OK)


def _line(target: str, at: float, row: Row) -> Occurrence:
    came_at = row[_AT]
    where = str(row[_TARGET] or "")
    sender = "" if where else f"{row[_FROM]}: "
    said = f": {row[_SAID]}" if row[_SAID] else ""
    return Occurrence(
        came_at if isinstance(came_at, float) else at,
        "trap",
        where or target,
        clean(str(row[_OBJECT] or ""), 80),
        _level(row),
        clean(f"{sender}{row[_TRAP]}{said}", 300),
    )


NEWS = (News(TRAPS.id, came),)
