"""What two answers in a row say happened: instances that came, went, or changed their state."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import instance
from opsconsole.model import Level, Row, Value

_PLACES = {key: at for at, (key, *_) in enumerate(instance.COLUMNS)}
_REGION, _ID, _NAME, _STATE = (_PLACES[key] for key in ("region", "instance", "name", "state"))

MOST = 50
"""Instances that are told of by themselves; of more, how many."""

_BAD = {"terminated": Level.WARN, "shutting-down": Level.WARN, "error": Level.CRIT}


def _called(row: Row) -> Clean:
    return clean(f"{row[_NAME]} ({row[_ID]})" if row[_NAME] else str(row[_ID]), 200)


def _told(target: str, at: float, row: Row, was: Value, is_: Value, level: Level) -> Occurrence:
    text = clean(f"{_called(row)}: {was or 'not there'} -> {is_ or 'gone'}", 400)
    old, new = (clean(str(one or "")) for one in (was, is_))
    return Occurrence(at, "change", target, clean(str(row[_ID])), level, text, "", old, new)


def states(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Changes of state; of a region that answers no more, nothing is said to be gone."""
    old = {(row[_REGION], row[_ID]): row for row in before}
    new = {(row[_REGION], row[_ID]): row for row in now}
    answers = {row[_REGION] for row in now}
    found: list[Occurrence] = []
    for key, row in new.items():
        was, is_ = (old[key][_STATE] if key in old else None), row[_STATE]
        if was != is_:
            found.append(_told(target, at, row, was, is_, _BAD.get(str(is_), Level.OK)))
    for key, row in old.items():
        if key not in new and key[0] in answers and row[_STATE] != "terminated":
            found.append(_told(target, at, row, row[_STATE], None, Level.WARN))
    if len(found) > MOST:
        worst = max(one.level for one in found)
        text = clean(f"{len(found)} instances came, went or changed their state")
        return [Occurrence(at, "change", target, Clean("instances"), worst, text)]
    return found
