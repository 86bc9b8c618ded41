"""Who gives power to whom: what goes dark when a source is out, and when."""

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from opsconsole.model import Target
from opsconsole.relation import MACHINE, Relations

NEVER = math.inf

OUTLET = "/"
"""Between a target and one outlet of it, as in `fed_by` of the estate: `pdu-b/7`."""


@dataclass(frozen=True, slots=True)
class End:
    """When what a target stands on ends for it."""

    target: str
    seconds: float
    """From now; `NEVER` while it keeps a feed that does not end."""
    through: str
    """What takes it down, or which feed it loses."""
    kept: tuple[str, ...] = ()
    """Feeds that it keeps when that is gone; empty when it goes dark."""
    steps: int = 1
    """From the source."""

    @property
    def dark(self) -> bool:
        """Whether it ends at all."""
        return self.seconds < NEVER


class Power:
    """Answers questions about an estate that does not change."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._targets = {target.id: target for target in targets}
        self._relations = Relations(self._targets.values())
        self._feeding = {
            feed.partition(OUTLET)[0] for one in self._targets.values() for feed in one.fed_by
        }
        self._others: dict[str, list[str]] = {}
        """What a target stands on besides its feeds, once it was asked for."""

    def ends(self, out: Mapping[str, float]) -> list[End]:
        """All that stands on sources that end in so many seconds, the first to go dark first.

        A source is a target, `ups-a`, or an outlet of one, `pdu-b/7`. What has several feeds
        (`fed_by`) lasts as long as the last of them; what stands on others besides, as long as the
        first of those. Sources themselves are not among the answers.
        """
        # What stands on a target without a word of an outlet stands on all of it.
        wholes: dict[str, float] = {}
        for name, seconds in out.items():
            source = name.partition(OUTLET)[0]
            wholes[source] = min(seconds, wholes.get(source, NEVER))
        steps: dict[str, int] = {}
        for name in sorted(wholes):
            for other, far in self._relations.above(name).items():
                steps[other] = min(far, steps.get(other, far))
        affected = [name for name in steps if name not in out]
        lasts = dict.fromkeys(steps, NEVER) | dict(out)
        waiting = deque(sorted(affected, key=steps.__getitem__))
        while waiting:
            name = waiting.popleft()
            seconds = self._end(name, lasts, wholes).seconds
            if seconds < lasts[name]:
                lasts[name] = seconds
                above = self._relations.above(name)
                waiting.extend(one for one, far in above.items() if far == 1 and one in lasts)
        found = [self._end(name, lasts, wholes, steps[name]) for name in affected]
        return sorted(
            (one for one in found if one.through),
            key=lambda one: (one.seconds, one.steps, one.target),
        )

    def _end(
        self, name: str, lasts: Mapping[str, float], wholes: Mapping[str, float], steps: int = 1
    ) -> End:
        feeds = {feed: _lasting(feed, lasts, wholes) for feed in self._targets[name].fed_by}
        ways = {one: _lasting(one, lasts, wholes) for one in self._besides(name)}
        first = min(ways, key=ways.__getitem__, default="")
        seconds, through = ways.get(first, NEVER), first
        if feeds:
            last = max(feeds, key=feeds.__getitem__)
            if feeds[last] < seconds:
                seconds, through = feeds[last], last
        if seconds < NEVER:
            return End(name, seconds, through, (), steps)
        lost = [feed for feed, left in feeds.items() if left < NEVER]
        kept = tuple(feed for feed, left in feeds.items() if left == NEVER)
        return End(name, NEVER, ", ".join(lost), kept if lost else (), steps)

    def _besides(self, name: str) -> list[str]:
        found = self._others.get(name)
        if found is None:
            fed = {feed.partition(OUTLET)[0] for feed in self._targets[name].fed_by}
            found = self._others[name] = [
                one
                for one, far in self._relations.below(name).items()
                if far == 1 and one not in fed and not self._asked_there(name, one)
            ]
        return found

    def _asked_there(self, name: str, host: str) -> bool:
        """Whether it only is asked at that host: a UPS goes on without upsd."""
        return name in self._feeding and self._relations.why(name, host) == MACHINE


def _lasting(feed: str, lasts: Mapping[str, float], wholes: Mapping[str, float]) -> float:
    """How long a feed lasts: as long as its outlet or its target, whichever ends first."""
    source, slash, _ = feed.partition(OUTLET)
    own = min(lasts.get(feed, NEVER), lasts.get(source, NEVER))
    return own if slash else min(own, wholes.get(source, NEVER))
