"""Many targets lost at once: one alert on what they share, and not one call for each of them."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network

import msgspec

from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean, clean
from opsconsole.model import Level, Target
from opsconsole.rules.target import Watched
from opsconsole.rules.wording import span

ID = "opsconsole.network"
"""Rule and id of the alert."""

SHARE, FEWEST = 0.5, 5
"""It is raised when that share of the targets that answered is lost, and at least so many."""

OVER = 0.25
"""It is over when less than that share is still lost."""

WITHIN = 60.0
"""Seconds between the first answer that is missed and the last, to be one outage."""

NEARLY = 0.9
"""Share that is as good as all: one target may be lost by chance, or saved by a second way."""

HERE = "local"
"""Transport of what is reached without a network."""

Lost = Mapping[str, float]
"""Targets that do not answer, with the moment their answer was due."""


class Outage:
    """Watches over who is lost; `alert` is there while too many are."""

    def __init__(self, targets: Iterable[Target], under: Callable[[str], Sequence[str]]) -> None:
        """`under` names what a target stands on: the loss of that explains its own."""
        self._targets = {one.id: one for one in targets if one.transport != HERE}
        self._under = under
        self.alert: Alert | None = None
        self.members: frozenset[str] = frozenset()
        """Whose silence the alert explains."""
        self._begun = 0.0
        """When the first answer was missed."""

    def look(self, watched: Mapping[str, Watched], now: float) -> Alert | None:
        """See who is lost now; returns the alert when it changed, resolved when it is over."""
        silent = any(watched[name].silent_since is not None for name in self._targets)
        if not silent and self.alert is None:
            return None
        missing = {
            name: due
            for name in self._targets
            if (due := watched[name].missing_since(now)) is not None
        }
        if self.alert is None:
            if not self._begins(missing):
                return None
        elif len(self._hit(missing)) < max(FEWEST * OVER / SHARE, OVER * self._answered(missing)):
            return self._end(now)
        return self._go_on(missing)

    def _begins(self, missing: Lost) -> bool:
        """Whether enough was lost within a short time; notes when that began."""
        times = sorted(missing.values())
        most, begun = 0, math.inf
        for place, due in enumerate(times):
            count = bisect_left(times, due + WITHIN) - place
            if count >= most:
                most, begun = count, due
        self._begun = begun
        hit = self._hit(missing)
        roots = [name for name in hit if not any(one in hit for one in self._under(name))]
        # What stands on one target that is lost is explained by that one.
        return len(roots) > 1 and len(hit) >= max(FEWEST, SHARE * self._answered(missing))

    def _hit(self, missing: Lost) -> set[str]:
        return {name for name, due in missing.items() if due >= self._begun}

    def _answered(self, missing: Lost) -> int:
        """How many targets answered before it began."""
        return len(self._targets) - sum(due < self._begun for due in missing.values())

    def _go_on(self, missing: Lost) -> Alert | None:
        hit = self._hit(missing)
        self.members = frozenset(hit)
        lost = [self._targets[name] for name in sorted(hit)]
        left = [one for name, one in self._targets.items() if name not in missing]
        before = self.alert
        alert = _alert(lost, left, self._begun, self._answered(missing))
        if before is not None and before.why == alert.why:
            return None
        self.alert = alert
        return alert

    def _end(self, now: float) -> Alert:
        assert self.alert is not None
        over, self.alert, self.members = self.alert, None, frozenset()
        why = Clean("most of them answer again")
        return msgspec.structs.replace(over, phase=Phase.RESOLVED, changed=now, why=why)


def _alert(lost: Sequence[Target], left: Sequence[Target], since: float, answered: int) -> Alert:
    shared, where = common(lost, left)
    why = f"{len(lost)} of {answered} targets stopped answering within {span(WITHIN)}: {shared}"
    return Alert(
        id=ID,
        rule=ID,
        target="",
        object=clean(where),
        key=(),
        probe="",
        column="",
        level=Level.CRIT,
        phase=Phase.OPEN,
        since=since,
        changed=since,
        title=Clean("Many targets are lost at once"),
        why=clean(why, 300),
        value=float(len(lost)),
        limit=max(float(FEWEST), SHARE * answered),
        remedies=(
            clean(f"look at {where} first: nothing has to be wrong with the targets", 300),
            "see `opsconsole check` for what is wrong on the way there",
        ),
        source=clean(f"half of the targets, at least {FEWEST}, lost within {WITHIN:g} s"),
    )


OWN = "this console's own network"


def common(lost: Sequence[Target], left: Sequence[Target]) -> tuple[str, str]:
    """What those that are lost share and the others do not: in words, and what to look at."""
    carried = Counter(one for target in lost for one in _traits(target))
    saved = Counter(one for target in left for one in _traits(target))
    for what in _ORDER:
        if not left and what in {"group", "label"}:
            continue  # all targets are in it: that says nothing
        for (kind, name), count in carried.most_common():
            enough = count >= NEARLY * len(lost) and count >= NEARLY * (count + saved[kind, name])
            if kind == what and enough:
                all_ = "all" if count == len(lost) else "nearly all"
                said = f"{all_} {_WORDS[kind].format(name)}"
                return (said if left else f"{said}, or it is {OWN}"), f"{kind} {name}"
    return f"probably {OWN}", OWN


_WORDS = {
    "address": "are at {}",
    "jump host": "are reached through jump host {}",
    "group": "are in group {}",
    "label": "have label {}",
    "subnet": "are in subnet {}",
}

_ORDER = tuple(_WORDS)
"""The likeliest first."""


def _traits(target: Target) -> Iterator[tuple[str, str]]:
    if target.address:
        yield "address", target.address
    if isinstance(jump := target.settings.get("jump"), str) and jump:
        yield "jump host", jump
    for group in target.groups:
        yield "group", group
    for key, value in target.labels.items():
        yield "label", f"{key}={value}"
    try:
        address = ip_address(target.address)
    except ValueError:
        return
    if not address.is_loopback:
        length = 24 if address.version == 4 else 64
        yield "subnet", str(ip_network(f"{address}/{length}", strict=False))
