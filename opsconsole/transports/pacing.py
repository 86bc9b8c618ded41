"""What holds a write to its map, whatever the wire: clamp, steps, and pauses between two."""

import math
import time

from opsconsole.clean import clean
from opsconsole.errors import Refused
from opsconsole.fieldmap.clamp import Clamp


class Writings:
    """When points were written last, and what they were before; the pauses are counted by it."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[float, float]] = {}

    def pause(self, target: str, key: str, clamp: Clamp | None) -> float:
        """Seconds until it may be written again."""
        at, _ = self._last.get((target, key), (-math.inf, 0.0))
        wanted = clamp.pause_s if clamp else 0.0
        return max(0.0, at + wanted - time.monotonic())

    def before(self, target: str, key: str) -> float | None:
        """The value it had before it was written last: going back need not wait."""
        found = self._last.get((target, key))
        return found[1] if found else None

    def note(self, target: str, key: str, was: float) -> None:
        """It is being written."""
        self._last[target, key] = time.monotonic(), was

    def paced(self, target: str, key: str, clamp: Clamp, wanted: float, was: float | None) -> None:
        """Raise `Refused` when that is too far at once, or too soon."""
        back = wanted == self.before(target, key)
        if (pause := self.pause(target, key, clamp)) and not back:
            what = f"{target}: {key} was written just now; its map wants {pause:.0f} s more"
            raise Refused(what, "rate")
        far = (
            was is not None and clamp.step is not None and abs(wanted - was) > 1.000001 * clamp.step
        )
        if far and not back:
            what = f"{target}: {key}: from {was:g} to {wanted:g} is more than {clamp.step:g}"
            raise Refused(what, "rate")


def wanted(target: str, key: str, said: str, ends: tuple[float, float], unit: str) -> float:
    """The value to write; raises `Refused` where the clamp does not allow it."""
    try:
        value = float(said)
    except ValueError:
        value = math.nan
    low, high = ends
    if not low <= value <= high:
        what = f"{clean(said, 20)} is outside of {low:g} to {high:g} {unit}".strip()
        raise Refused(f"{target}: {key}: {what}", "clamp")
    return value
