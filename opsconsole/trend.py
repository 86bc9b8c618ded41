"""Growth of a measured value: a straight line through it, and what that line is worth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

DAY = 86400.0
ENOUGH_DAYS = 2.0
"""Less than this tells a day's rhythm from growth by no means at all."""
ENOUGH_POINTS = 8
FAR_DAYS = 730.0
"""What is further off than this is not said: no line holds for so long."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A least-squares line through a course."""

    per_day: float
    now: float
    """Where the line stands at the end of the course."""
    days: float
    """Length of what it rests on."""
    points: int
    fit: float
    """R squared: share of the movement that the line explains, 0 to 1."""
    error: float
    """Standard error of `per_day`."""

    @property
    def grows(self) -> bool:
        """Whether the line rises out of the noise."""
        return self.per_day > 0 and not self.noise

    @property
    def noise(self) -> bool:
        """Whether the slope is within three times its own error, or explains next to nothing."""
        return abs(self.per_day) <= 3 * self.error or self.fit < 0.3

    @property
    def sureness(self) -> str:
        """How far to trust it: `good`, `fair` or `poor`."""
        if self.fit >= 0.9 and self.days >= 7:
            return "good"
        return "fair" if self.fit >= 0.6 and self.days >= 3 else "poor"

    def days_to(self, goal: float) -> float | None:
        """Days until the line reaches `goal`; 0 when it has, None when it does not."""
        if self.now >= goal:
            return 0.0
        if not self.grows:
            return None
        days = (goal - self.now) / self.per_day
        return days if days <= FAR_DAYS else None


def growth(points: Sequence[tuple[float, float]]) -> Growth | None:
    """The line through (Unix time in seconds, value); None when there is too little for one."""
    known = [(at / DAY, value) for at, value in points if math.isfinite(value)]
    if len(known) < ENOUGH_POINTS:
        return None
    days = known[-1][0] - known[0][0]
    if days < ENOUGH_DAYS:
        return None
    fitted = _daily(known) if days >= ENOUGH_POINTS + 1 else known
    count = len(fitted)
    mean_at = math.fsum(at for at, _ in fitted) / count
    mean = math.fsum(value for _, value in fitted) / count
    spread = math.fsum((at - mean_at) ** 2 for at, _ in fitted)
    together = math.fsum((at - mean_at) * (value - mean) for at, value in fitted)
    whole = math.fsum((value - mean) ** 2 for _, value in fitted)
    slope = together / spread
    left = max(0.0, whole - slope * together)
    return Growth(
        per_day=slope,
        now=mean + slope * (known[-1][0] - mean_at),
        days=days,
        points=len(known),
        fit=1 - left / whole if whole > 0 else 1.0,
        error=math.sqrt(left / (count - 2) / spread),
    )


def _daily(known: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """Means of whole days, counted back from the end: the rhythm of a day is not its growth."""
    days: dict[int, list[tuple[float, float]]] = {}
    for at, value in known:
        days.setdefault(int(known[-1][0] - at), []).append((at, value))
    most = max(map(len, days.values()))
    means = [
        tuple(math.fsum(part) / len(points) for part in zip(*points, strict=True))
        for _, points in sorted(days.items(), reverse=True)
        if len(points) * 2 > most
    ]
    return [(at, value) for at, value in means] if len(means) >= ENOUGH_POINTS else known
