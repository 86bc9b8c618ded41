"""What two answers of a server in a row say happened: a restart, another role, another version."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.database.redis.overview import OVERVIEW
from opsconsole.model import Level, Row
from opsconsole.spec import News

_ROLE, _VERSION, _UPTIME = map(OVERVIEW.index, ("role", "version", "uptime_s"))
_HELD = Clean("")


def changed(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Lines of the timeline."""
    if not before or not now:
        return []
    old, new = before[0], now[0]
    found: list[Occurrence] = []
    was, is_ = old[_UPTIME], new[_UPTIME]
    if isinstance(was, int) and isinstance(is_, int) and is_ < was:
        found.append(Occurrence(at - is_, "reboot", target, _HELD, Level.WARN, Clean("restarted")))
    for place, what, level in ((_ROLE, "role", Level.WARN), (_VERSION, "version", Level.OK)):
        said, says = clean(str(old[place])), clean(str(new[place]))
        if said and says and said != says:
            text = clean(f"{what} {said} -> {says}")
            found.append(Occurrence(at, "change", target, Clean(what), level, text, "", said, says))
    return found


NEWS = (News(OVERVIEW.id, changed),)
