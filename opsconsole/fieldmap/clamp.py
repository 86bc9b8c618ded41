"""How far a point may be written: the ends of its value, its steps and its pauses, from its map."""

import msgspec

from opsconsole.reading import Physical

COOLING = (18.0, 27.0)
"""°C: where a setpoint of temperature may go unless its map says otherwise; GB 50174, ASHRAE."""

FARTHEST = 1e12


class Clamp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a map says of writing, in the unit that is shown."""

    low: float | None = None
    high: float | None = None
    step: float | None = None
    """How far one write may go; any way within the clamp unless it is given."""
    pause_s: float = 60.0
    """Seconds between two writes, but to go back."""

    def ends(self, physical: Physical) -> tuple[float, float] | None:
        """Where a value may be; None where nothing says."""
        floor, top = COOLING if physical is Physical.TEMPERATURE else (None, None)
        low = floor if self.low is None else self.low
        high = top if self.high is None else self.high
        return None if low is None or high is None else (low, high)

    def check(self, ends: tuple[float, float] | None) -> None:
        """Raises `ValueError` for what makes no sense, or bounds nothing."""
        if ends is None:
            raise ValueError("write needs low and high: nothing is written without a clamp")
        low, high = ends
        if not (abs(low) <= FARTHEST and abs(high) <= FARTHEST and low < high):
            raise ValueError("write: low must be below high")
        if self.step is not None and not 0 < self.step <= FARTHEST:
            raise ValueError("write.step must be more than 0")
        if not 0 <= self.pause_s <= 86400:
            raise ValueError("write.pause_s; allowed: 0 to 86400")
