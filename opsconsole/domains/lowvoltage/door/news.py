"""What two answers of a controller in a row say happened: forced, held open, tampered."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.door.health import HEALTH
from opsconsole.domains.lowvoltage.door.probe import DOOR
from opsconsole.model import Level, Row
from opsconsole.spec import News

_NAME, _TITLE, _TAMPER, _FORCED, _HELD = map(
    DOOR.index, ("door", "name", "tamper", "forced_at", "held_at")
)
_CASE, _FIRE = HEALTH.index("tamper"), HEALTH.index("fire")
_MOVED = 1.0
"""Seconds by which the same entry may seem to move while clocks are compared anew."""

_BAD = {"tampered": Level.CRIT, "alarm": Level.CRIT}


def doors(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Lines of the timeline, of doors: also what began and ended between two answers."""
    old = {row[_NAME]: row for row in before}
    found: list[Occurrence] = []
    for row in now:
        was = old.get(row[_NAME])
        if was is None:
            continue
        name = clean(str(row[_TITLE] or f"door {row[_NAME]}"))
        for place, what, level in (
            (_FORCED, "forced open", Level.CRIT),
            (_HELD, "held open", Level.WARN),
        ):
            when = _newer(was[place], row[place], at)
            if when is not None:
                found.append(Occurrence(when, "change", target, name, level, clean(what)))
        found += _turned(target, at, name, "reader", was[_TAMPER], row[_TAMPER])
    return found


def _newer(was: object, now: object, at: float) -> float | None:
    """When it was, if it is another one than before; never in the future."""
    if not isinstance(now, int | float):
        return None
    if isinstance(was, int | float) and now - was <= _MOVED:
        return None
    return min(float(now), at)


def controller(
    target: str, at: float, before: Sequence[Row], now: Sequence[Row]
) -> list[Occurrence]:
    """Lines of the timeline, of the controller itself."""
    found: list[Occurrence] = []
    for was, row in zip(before[:1], now[:1], strict=False):
        for place, what in ((_CASE, "housing"), (_FIRE, "fire input")):
            found += _turned(target, at, Clean(""), what, was[place], row[place])
    return found


def _turned(
    target: str, at: float, name: Clean, what: str, was: object, now: object
) -> list[Occurrence]:
    said, says = clean(str(was or "")), clean(str(now or ""))
    if not says or said == says:
        return []
    level = _BAD.get(says, Level.OK)
    if not said and level is Level.OK:
        return []
    text = clean(f"{what}: {said or 'not told'} -> {says}")
    return [Occurrence(at, "change", target, name, level, text, "", said, says)]


NEWS = (News(DOOR.id, doors), News(HEALTH.id, controller))
