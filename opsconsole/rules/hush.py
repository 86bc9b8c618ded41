"""Silences: what people said for a while, and what the estate says for good or by the clock."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from uuid import uuid4

import msgspec

from opsconsole.alert import Alert, Silence
from opsconsole.clean import Clean, clean
from opsconsole.errors import Refused
from opsconsole.match import Match, Named, read
from opsconsole.model import Target
from opsconsole.rulebook import Quiet

LONGEST = 30 * 86400.0
"""Seconds a silence of a person may last: what is for good stands in the estate."""

ESTATE = Clean("the estate")


class Hush:
    """All silences that hold now."""

    def __init__(
        self,
        quiets: Iterable[Quiet],
        targets: Mapping[str, Target],
        name: Callable[[], str] = lambda: uuid4().hex[:8],
    ) -> None:
        self._quiets = tuple(quiets)
        self._targets = targets
        self._name = name
        self._said: dict[str, Silence] = {}
        self._kept: dict[str, Silence] = {}
        self._matches: dict[str, Match] = {}
        self.ended: dict[str, float] = {}
        """Those that somebody ended before their time, by id, with that time."""

    @property
    def all(self) -> list[Silence]:
        """Those of people, then those of the estate."""
        return [*self._said.values(), *self._kept.values()]

    @property
    def said(self) -> list[Silence]:
        """Those of people, which a restart must not forget."""
        return list(self._said.values())

    def heed(self, silences: Iterable[Silence], ended: Mapping[str, float], now: float) -> bool:
        """Take in what people said elsewhere, or before a restart; returns whether that is news."""
        before = set(self._said)
        self.ended |= {id_: until for id_, until in ended.items() if now < until}
        for id_ in self.ended:
            self._said.pop(id_, None)
        for one in silences:
            new = one.id not in self._said and one.id not in self.ended and now < one.until
            if new and isinstance(match := read(one.match), Match):
                # A file may have been written by anybody.
                who, reason = clean(one.who, 100), clean(one.reason, 200)
                self._said[one.id] = msgspec.structs.replace(one, who=who, reason=reason)
                self._matches[one.id] = match
        return before != set(self._said)

    def add(self, match: str, seconds: float, who: str, reason: str, now: float) -> Silence:
        """Silence what a filter names. Raises `Refused` with what is wrong."""
        found = read(match)
        if isinstance(found, str):
            raise Refused(found, "silence")
        if not 0 < seconds <= LONGEST:
            longest = f"{LONGEST / 86400:g} days"
            raise Refused(f"a silence lasts up to {longest}: write a longer one into the estate")
        if not reason.strip():
            raise Refused("a silence needs a reason", "silence")
        one = Silence(self._name(), match, clean(who, 100), now, now + seconds, clean(reason, 200))
        self._said[one.id], self._matches[one.id] = one, found
        return one

    def end(self, silence: str) -> Silence:
        """End one that somebody said. Raises `Refused`."""
        if silence in self._kept:
            raise Refused("the estate keeps that silence: it ends when it is taken out there")
        if silence not in self._said:
            raise Refused(f"there is no silence {str(clean(silence, 40))!r} any more")
        over = self._said.pop(silence)
        self.ended[silence] = over.until
        return over

    def tick(self, now: float) -> bool:
        """Let silences begin and end by the clock; returns whether any did."""
        before = set(self._said) | set(self._kept)
        self._said = {id_: one for id_, one in self._said.items() if now < one.until}
        self.ended = {id_: until for id_, until in self.ended.items() if now < until}
        moment = datetime.fromtimestamp(now, UTC)
        for quiet in self._quiets:
            holds = quiet.when is None or quiet.when.holds(moment)
            if holds and quiet.id not in self._kept:
                match = read(quiet.match)
                if isinstance(match, Match):
                    self._kept[quiet.id] = Silence(
                        quiet.id, quiet.match, ESTATE, now, 0.0, clean(quiet.reason, 200)
                    )
                    self._matches[quiet.id] = match
            elif not holds:
                self._kept.pop(quiet.id, None)
        return before != set(self._said) | set(self._kept)

    def covering(self, alert: Alert | Named) -> str:
        """Id of a silence that names an alert; empty when none does."""
        if not self._said and not self._kept:
            return ""
        target = self._targets.get(alert.target)
        return next((one.id for one in self.all if self._matches[one.id].fits(alert, target)), "")
