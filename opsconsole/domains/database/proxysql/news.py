"""What happened between two answers of a ProxySQL: it began anew, a server changed its status."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.database.proxysql.pool import HEALTH, SERVER
from opsconsole.model import Level, Row
from opsconsole.spec import News

_UPTIME = HEALTH.index("uptime_s")
_SERVER, _STATUS = map(SERVER.index, ("server", "status"))


def itself(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """A restart."""
    found: list[Occurrence] = []
    for old, new in zip(before, now, strict=False):
        was, uptime = old[_UPTIME], new[_UPTIME]
        if isinstance(was, float) and isinstance(uptime, float) and 0 <= uptime < was:
            text = Clean("restarted")
            found.append(Occurrence(at - uptime, "reboot", target, Clean(""), Level.WARN, text))
    return found


def servers(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Servers that are used no more, or again."""
    known = {row[_SERVER]: clean(str(row[_STATUS]), 40) for row in before}
    found: list[Occurrence] = []
    for row in now:
        was, status = known.get(row[_SERVER]), clean(str(row[_STATUS]), 40)
        if was is None or was == status:
            continue
        level = Level.OK if status == "online" else Level.WARN
        what = clean(str(row[_SERVER]), 300)
        text = clean(f"{what}: {was} -> {status}")
        found.append(Occurrence(at, "change", target, what, level, text, "", was, status))
    return found


NEWS = (News(HEALTH.id, itself), News(SERVER.id, servers))
