"""Says no: the estate's rules, arming, and what was done lately."""

from collections import deque
from collections.abc import Iterable, Sequence

from opsconsole.errors import Refused
from opsconsole.executor.ground import Ground
from opsconsole.model import Target
from opsconsole.plan import Standing, Tier
from opsconsole.policy import Arming, Deed, matching, protected, refusals
from opsconsole.spec import Action, Carried

REMEMBERED = 10_000
"""Objects remembered for the limits; more within one window is over every limit anyway."""


class Gate:
    """All that can refuse, in one place."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._groups = ground.groups()
        self._past: deque[Deed] = deque(maxlen=REMEMBERED)
        self._arming = Arming()
        self._plans: set[str] = set()

    def pass_policy(self, targets: Sequence[Target]) -> None:
        """Raise `Refused` for the first rule that forbids acting on these, one per object."""
        ground = self._ground
        past = self._past if ground.lately is None else ground.lately()
        verdicts = refusals(ground.policy, targets, self._groups, past, ground.wall())
        for verdict in verdicts:
            raise Refused(verdict.reason, verdict.rule)

    def pass_carried(self, action: Action, carried: Sequence[Target]) -> None:
        """Raise `Refused` when that cuts off a target that is protected."""
        if action.carried is not Carried.CUT:
            return
        for verdict in protected(carried):
            raise Refused(f"it would be cut off: {verdict.reason}", verdict.rule)

    def pass_armed(self, plan: str, targets: Iterable[Target], tier: Tier) -> None:
        """Raise `Refused` unless that plan or these targets are armed, or need not be."""
        if plan in self._plans or (self._ground.policy.free and tier is Tier.YES):
            return
        if not self._arming.covers([target.id for target in targets], self._ground.wall()):
            now = self._ground.wall()
            part = f" but for {self._arming.pattern!r}" if now < self._arming.until else ""
            raise Refused(f"not armed{part}: `:arm 10m` lifts read-only for a while", "not-armed")

    def arm(self, seconds: float, pattern: str) -> None:
        """Lift read-only for targets that a glob names; raises `Refused`. 0 falls back at once."""
        policy = self._ground.policy
        if seconds <= 0:
            self._arming = Arming()
            return
        if policy.read_only:
            why = "this console only looks: the estate or --read-only says so"
            raise Refused(why, "read-only")
        if seconds > policy.longest_arm_s:
            limit = f"at most {policy.longest_arm_s / 60:g} min"
            raise Refused(f"{seconds / 60:g} min is too long, {limit}", "longest-arm")
        targets = matching(pattern, self._ground.targets)
        if not targets:
            raise Refused(f"{pattern!r} names no target", "unknown")
        self._arming = Arming(self._ground.wall() + seconds, pattern, targets)

    def arm_plan(self, plan: str) -> None:
        """Lift read-only for the plan of that hash alone; what the policy forbids it still does."""
        self._plans.add(plan)

    def disarm_if_over(self) -> bool:
        """Fall back when the time is up; whether it just did."""
        over = 0 < self._arming.until <= self._ground.wall()
        if over:
            self._arming = Arming()
        return over

    @property
    def armed_s(self) -> float:
        """Seconds for which it is still armed."""
        return max(0.0, self._arming.until - self._ground.wall())

    def done(self, targets: Iterable[str]) -> None:
        """Remember that these are acted on now, one entry per object."""
        now = self._ground.wall()
        self._past.extend(Deed(now, target) for target in targets)

    def standing(self, running: tuple[str, ...]) -> Standing:
        """What may be done at present."""
        policy = self._ground.policy
        return Standing(
            read_only=policy.read_only,
            free=policy.free,
            armed_until=self._arming.until,
            armed_for=self._arming.pattern,
            running=running,
            unsettled=self._ground.unsettled,
        )
