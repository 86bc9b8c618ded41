"""What may be done: limits, freezes and protected targets; judged by pure functions."""

import fnmatch
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from opsconsole.model import Target

HARMLESS = ("dev", "development", "test", "testing", "qa", "lab", "staging", "sandbox", "demo")
"""Values of an environment label that say "not production". A target without one is production:
who forgot a label must not lose a safeguard by it."""

ENVIRONMENT = ("env", "environment", "stage")
"""Labels that name an environment."""

PROTECTED = "protected"
"""The label that refuses every action on its target; its value is the reason."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """A time in which nothing is changed."""

    name: str
    start: datetime | time
    end: datetime | time
    """Two moments, or two times of every day; a day's end before its start passes midnight."""
    targets: frozenset[str] | None = None
    """Ids it covers; None is all."""

    def holds(self, now: datetime) -> bool:
        """Whether it holds at a moment, which has a time zone."""
        if isinstance(self.start, datetime) and isinstance(self.end, datetime):
            return _zoned(self.start) <= now < _zoned(self.end)
        if isinstance(self.start, datetime) or isinstance(self.end, datetime):
            return False
        clock = now.astimezone().time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


def _zoned(moment: datetime) -> datetime:
    """A moment without a zone is meant as this machine's."""
    return moment.astimezone() if moment.tzinfo is None else moment


@dataclass(frozen=True, slots=True)
class Policy:
    """The estate's rules for remediation."""

    read_only: bool = False
    """Nothing is ever done here, and nothing lifts that."""
    free: bool = False
    """Plans of tier 1 need no arming."""
    read_only_acknowledges: bool = True
    """A console that only looks may acknowledge and silence alerts: it changes no target."""
    longest_arm_s: float = 3600.0
    bulk: int = 3
    """More objects than this in one plan make it tier 3."""
    objects: int = 20
    """More objects than this in one plan are refused."""
    share: float = 0.5
    """At most this share of a group's targets within `window_s`; groups of one do not count."""
    per_minute: int = 10
    """Objects acted on in any minute."""
    window_s: float = 600.0
    harmless: tuple[str, ...] = HARMLESS
    approvers: tuple[str, ...] = ()
    """User names who may be the second person; empty is anybody else."""
    freezes: tuple[Freeze, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule that says no, and why."""

    rule: str
    reason: str

    def __str__(self) -> str:
        return f"{self.reason} (rule {self.rule})"


@dataclass(frozen=True, slots=True)
class Deed:
    """One object acted on lately."""

    at: float
    """Unix time, seconds."""
    target: str


@dataclass(slots=True)
class Arming:
    """Whether and until when read-only is lifted."""

    until: float = 0.0
    """Unix time, seconds."""
    pattern: str = ""
    targets: Collection[str] = field(default_factory=frozenset[str])
    """Ids it was armed for."""

    def covers(self, targets: Iterable[str], now: float) -> bool:
        """Whether all these targets are armed now."""
        return now < self.until and all(target in self.targets for target in targets)


def is_production(target: Target, harmless: Collection[str] = HARMLESS) -> bool:
    """Whether a target counts as production: unless a label says that it does not."""
    said = [target.labels[label] for label in ENVIRONMENT if label in target.labels]
    return not said or any(value.lower() not in harmless for value in said)


def refusals(
    policy: Policy,
    targets: Sequence[Target],
    groups: Mapping[str, Collection[str]],
    past: Iterable[Deed],
    now: float,
) -> Iterator[Verdict]:
    """Every rule of the estate that forbids acting on these, one entry per object, at that time.

    `groups` are the ids in each group of the estate.
    """
    if policy.read_only:
        yield Verdict("read-only", "this console only looks: the estate or --read-only says so")
    yield from protected(targets)
    yield from _frozen(policy, targets, now)
    if len(targets) > policy.objects:
        limit = f"limit {policy.objects} objects in one plan"
        yield Verdict("objects", f"{len(targets)} objects > {limit}")
    past = list(past)
    minute = sum(now - 60 < deed.at for deed in past)
    if minute + len(targets) > policy.per_minute:
        done = f"{minute} objects in the last minute, {len(targets)} more"
        yield Verdict("per-minute", f"{done} > limit {policy.per_minute}")
    yield from _shares(policy, {target.id for target in targets}, groups, past, now)


def protected(targets: Iterable[Target]) -> Iterator[Verdict]:
    """A verdict for each that must not be touched."""
    for target in {target.id: target for target in targets}.values():
        if PROTECTED in target.labels:
            reason = target.labels[PROTECTED] or "its label says so"
            yield Verdict("protected", f"{target.id} is protected: {reason}")


def _frozen(policy: Policy, targets: Iterable[Target], now: float) -> Iterator[Verdict]:
    moment = datetime.fromtimestamp(now, UTC)
    ids = {target.id for target in targets}
    for freeze in policy.freezes:
        hit = sorted(ids if freeze.targets is None else ids & freeze.targets)
        if hit and freeze.holds(moment):
            until = f"{freeze.end:%Y-%m-%d %H:%M}" if isinstance(freeze.end, datetime) else ""
            until = until or f"{freeze.end:%H:%M}"
            yield Verdict("freeze", f"{freeze.name!r} freezes {', '.join(hit[:5])} until {until}")


def _shares(
    policy: Policy,
    ids: Collection[str],
    groups: Mapping[str, Collection[str]],
    past: Iterable[Deed],
    now: float,
) -> Iterator[Verdict]:
    lately = {deed.target for deed in past if now - policy.window_s < deed.at}
    for name, members in sorted(groups.items()):
        touched = {one for one in members if one in ids}
        if not touched or len(members) < 2:
            continue
        touched |= {one for one in members if one in lately}
        if len(touched) > policy.share * len(members):
            part = f"{len(touched)} of {len(members)} in group {name}"
            percent = f"{len(touched) / len(members):.0%} > limit {policy.share:.0%}"
            within = f"within {policy.window_s / 60:g} min"
            yield Verdict("share", f"{part} {within} ({percent})")


def limits(policy: Policy) -> tuple[str, ...]:
    """What a plan is held against, for the reader."""
    return (
        f"at most {policy.objects} objects in a plan, {policy.per_minute} in a minute",
        f"at most {policy.share:.0%} of a group within {policy.window_s / 60:g} min",
    )


def production(targets: Iterable[Target], policy: Policy) -> list[str]:
    """Ids of those that count as production, sorted."""
    return sorted({t.id for t in targets if is_production(t, policy.harmless)})


def matching(pattern: str, targets: Iterable[str]) -> frozenset[str]:
    """Ids that a glob names; an empty pattern names all."""
    ids = frozenset(targets)
    return frozenset(fnmatch.filter(ids, pattern)) if pattern else ids
