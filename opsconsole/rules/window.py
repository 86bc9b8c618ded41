"""The recent past of one value, in a fixed number of buckets: mean, sum, slope."""

from array import array

BUCKETS = 30
"""Of a window, besides the one that is being filled."""

_SIZE = BUCKETS + 1
_COVERED = 0.9
"""Share of the window that must be known before its mean or slope says anything."""

_MOST = 64_000
"""Values of a bucket; more would be a probe that answers a thousand times a second."""

_PAST = 0.5
"""Share of the window that must be known before a value is compared with it."""

_FEWEST = 3
"""Values that make a mean."""


class Window:
    """Sums and counts of values by time; older buckets are forgotten. Memory does not grow."""

    __slots__ = (
        "_count",
        "_counts",
        "_place",
        "_scale",
        "_since",
        "_slope",
        "_sloped",
        "_slot",
        "_sums",
        "_total",
    )

    def __init__(self, seconds: float) -> None:
        self._scale = BUCKETS / seconds
        self._sums: array[float] | None = None
        """Made for the first value that is not zero: drops and errors of most interfaces never
        are, and there are a dozen of them on each of thousands of hosts."""
        self._counts = array("H", bytes(2 * _SIZE))
        self._slot = -1
        self._place = 0
        self._total = 0.0
        self._count = 0
        self._since = 0.0
        self._slope: float | None = None
        self._sloped = -1

    def add(self, at: float, value: float, times: int = 1) -> None:
        """Count a value, or the sum of several; what is older than one before it counts with it."""
        slot = int(at * self._scale)
        if slot > self._slot:
            self._turn(slot, at)
        place, counts = self._place, self._counts
        if counts[place] < _MOST:
            if value:
                if self._sums is None:
                    self._sums = array("f", bytes(4 * _SIZE))
                self._sums[place] += value
            counts[place] += times
            self._total += value
            self._count += times

    def shift(self, seconds: float) -> None:
        """Move it in time: the clock was set, or nobody measured because we stood still."""
        if self._slot >= 0:
            slot = self._slot + round(seconds * self._scale)
            turned = slot % _SIZE - self._place
            at = -turned % _SIZE
            if self._sums is not None:
                self._sums = self._sums[at:] + self._sums[:at]
            self._counts = self._counts[at:] + self._counts[:at]
            self._slot, self._place = slot, slot % _SIZE
            self._since += seconds

    def _turn(self, slot: int, at: float) -> None:
        passed = slot - self._slot
        if self._slot < 0 or passed > BUCKETS // 2:
            # Half a window without a value: what was before it is another story.
            self._sums = None
            for place in range(_SIZE):
                self._counts[place] = 0
            self._since = at
            self._slope = None
        else:
            sums = self._sums
            for one in range(self._slot + 1, slot + 1):
                self._counts[one % _SIZE] = 0
                if sums is not None:
                    sums[one % _SIZE] = 0.0
        self._slot, self._place = slot, slot % _SIZE
        self._total, self._count = sum(self._sums or (), 0.0), sum(self._counts)

    def _covers(self, at: float, share: float) -> bool:
        return self._count >= _FEWEST and (at - self._since) * self._scale >= share * BUCKETS

    @property
    def total(self) -> float:
        """Sum of all values that are known."""
        return self._total

    def mean(self, at: float) -> float | None:
        """Mean of the values; None until most of the window is known."""
        return self._total / self._count if self._covers(at, _COVERED) else None

    def past(self, at: float) -> float | None:
        """Mean of the values so far; None until half of the window is known."""
        return self._total / self._count if self._covers(at, _PAST) else None

    def slope(self, at: float) -> float | None:
        """Change per second, by least squares over the buckets; None until most is known.

        Found once per bucket: within one it hardly changes.
        """
        if self._sloped != self._slot and self._covers(at, _COVERED):
            self._slope, self._sloped = self._fit(), self._slot
        return self._slope

    def lowest(self) -> float | None:
        """The lowest but one of the buckets' means, without the one that is being filled.

        A single wrong answer is no low; None until two buckets are known.
        """
        if self._sloped != self._slot:
            self._slope, self._sloped = self._low(), self._slot
        return self._slope

    def _low(self) -> float | None:
        sums, counts = self._sums, self._counts
        means = sorted(
            (sums[place] if sums is not None else 0.0) / counts[place]
            for place in range(_SIZE)
            if counts[place] and place != self._place
        )
        return means[1] if len(means) > 1 else None

    def _fit(self) -> float | None:
        if (sums := self._sums) is None:
            return 0.0 if sum(map(bool, self._counts)) > 1 else None
        count = sum_x = sum_y = sum_xx = sum_xy = 0.0
        for back in range(_SIZE):
            place = (self._slot - back) % _SIZE
            if number := self._counts[place]:
                x, y = -float(back), sums[place] / number
                count += 1
                sum_x += x
                sum_y += y
                sum_xx += x * x
                sum_xy += x * y
        spread = count * sum_xx - sum_x * sum_x
        if not spread:
            return None
        return (count * sum_xy - sum_x * sum_y) / spread * self._scale
