"""What goes to the timeline: pods that ended and why, nodes that come and go, another version."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes.cluster import CLUSTER, TROUBLE
from opsconsole.domains.cloud.kubernetes.node import NODE
from opsconsole.model import Level, Row
from opsconsole.spec import News

MOST = 50
"""Lines that one answer tells singly; the rest is counted."""

_SPACE, _POD = TROUBLE.index("namespace"), TROUBLE.index("name")
_RESTARTS, _WHY = TROUBLE.index("restarts"), TROUBLE.index("last_exit")
_WHEN, _POD_UID = TROUBLE.index("restarted"), TROUBLE.index("uid")


def restarts(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """A container of a pod ended and was started again.

    A pod that was well before is not among the rows before: it is told when it ended after what
    is known of the others, so that old wounds are no news.
    """
    known = {(row[_SPACE], row[_POD], row[_POD_UID]): row[_RESTARTS] for row in before}
    ended = [when for row in before if isinstance(when := row[_WHEN], float)]
    latest = max(ended, default=at)
    found: list[Occurrence] = []
    for row in now:
        was, when = known.get((row[_SPACE], row[_POD], row[_POD_UID])), row[_WHEN]
        count = row[_RESTARTS]
        if not isinstance(when, float) or not isinstance(count, int):
            continue
        newer = count > was if isinstance(was, int) else before and when > latest
        if newer:
            name = clean(f"{row[_SPACE]}/{row[_POD]}")
            text = clean(f"pod {name} was restarted: {row[_WHY] or 'it ended'}")
            found.append(Occurrence(min(when, at), "change", target, name, Level.WARN, text))
    return _bounded(found, target, at)


_NODE, _STATUS, _UID = NODE.index("name"), NODE.index("status"), NODE.index("uid")


def nodes(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """A node came, went, or is in another state."""
    if not before:
        return []
    old = {row[_NODE]: row for row in before}
    new = {row[_NODE]: row for row in now}
    found: list[Occurrence] = []
    for name in sorted({*old, *new}, key=str):
        was, is_ = old.get(name), new.get(name)
        said = clean(str(was[_STATUS])) if was else Clean("")
        says = clean(str(is_[_STATUS])) if is_ else Clean("")
        if said == says:
            continue
        word = f"{said} -> {says}" if said and says else f"is new: {says}" if says else "is gone"
        bad = not says or says.split(",")[0] != "Ready"
        thing, text = clean(str(name)), clean(f"node {name} {word}")
        level = Level.WARN if bad else Level.OK
        found.append(Occurrence(at, "change", target, thing, level, text, "", said, says))
    return _bounded(found, target, at)


_VERSION = CLUSTER.index("version")


def version(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """The control plane was upgraded."""
    if not before or not now or before[0][_VERSION] == now[0][_VERSION]:
        return []
    said, says = clean(str(before[0][_VERSION])), clean(str(now[0][_VERSION]))
    text = clean(f"version {said} -> {says}")
    return [Occurrence(at, "change", target, Clean("version"), Level.OK, text, "", said, says)]


def _bounded(found: list[Occurrence], target: str, at: float) -> list[Occurrence]:
    rest = len(found) - MOST
    if rest <= 0:
        return found
    text = clean(f"and {rest} more")
    return [*found[:MOST], Occurrence(at, "change", target, Clean(""), Level.WARN, text)]


NEWS = (News(TROUBLE.id, restarts), News(NODE.id, nodes), News(CLUSTER.id, version))
