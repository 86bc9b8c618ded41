"""What two answers of a device in a row say happened: a restart, ports switched, speeds changed."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.system.network import identity, interface
from opsconsole.model import Level, Quantity, Row, Value
from opsconsole.spec import News
from opsconsole.spelling import spelled

_UPTIME = interface.SUMMARY.index("uptime_s")
_LABEL, _ADMIN, _LINK, _SPEED = map(
    interface.PROBE.index, ("interface", "admin", "link", "speed_bits_per_s")
)
_ABOUT, _SOFTWARE, _SERIAL = map(identity.PROBE.index, ("about", "software", "serial"))
_HELD = Clean("")
_BITS = Quantity.BITS_PER_S

_WRAP_S, _NEAR_S = 42_949_673, 7200
"""The clock of a device begins anew after so many seconds; that is no restart."""


def restarted(
    target: str, at: float, before: Sequence[Row], now: Sequence[Row]
) -> list[Occurrence]:
    """Up for a shorter time than before: it started anew meanwhile."""
    if not before or not now:
        return []
    old, new = before[0][_UPTIME], now[0][_UPTIME]
    if not isinstance(old, float | int) or not isinstance(new, float | int) or new >= old:
        return []
    if old > _WRAP_S - _NEAR_S and new < _NEAR_S:
        return []
    return [Occurrence(at - new, "reboot", target, _HELD, Level.WARN, Clean("restarted"))]


def switched(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Ports that were switched off or on, and links that came up at another speed."""
    old = {row[_LABEL]: row for row in before}
    found: list[Occurrence] = []
    for row in now:
        was = old.get(row[_LABEL])
        if was is None:
            continue
        if was[_ADMIN] != row[_ADMIN] and was[_ADMIN] and row[_ADMIN]:
            found.append(_change(target, at, row, "is meant to be", was[_ADMIN], row[_ADMIN]))
        # A link that is down has the speed that it could have, which says nothing.
        if (was[_LINK], row[_LINK]) == ("up", "up") and was[_SPEED] and row[_SPEED]:
            speeds = [clean(spelled(_BITS, one[_SPEED])) for one in (was, row)]
            if was[_SPEED] != row[_SPEED]:
                found.append(_change(target, at, row, "speed", *speeds))
    return found


def _change(target: str, at: float, row: Row, what: str, before: Value, after: Value) -> Occurrence:
    port, old, new = clean(str(row[_LABEL])), clean(str(before)), clean(str(after))
    text = clean(f"{port} {what}: {old} -> {new}")
    return Occurrence(at, "change", target, port, Level.OK, text, before=old, after=new)


def upgraded(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Another version, or another device in its place."""
    if not before or not now:
        return []
    found: list[Occurrence] = []
    for column, what in ((_SOFTWARE, "software"), (_SERIAL, "serial number"), (_ABOUT, "about")):
        old, new = clean(str(before[0][column] or "")), clean(str(now[0][column] or ""))
        if old and new and old != new and not (what == "about" and found):
            text = clean(f"{what}: {old} -> {new}", 200)
            change = Occurrence(at, "change", target, _HELD, Level.OK, text, before=old, after=new)
            found.append(change)
    return found


NEWS = (
    News(interface.SUMMARY.id, restarted),
    News(interface.PROBE.id, switched),
    News(identity.PROBE.id, upgraded),
)
