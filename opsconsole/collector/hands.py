"""What all watches of a collector share."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from opsconsole.collector.wheel import Wheel
from opsconsole.model import Sample
from opsconsole.ports import Patch, Transport


class Ways(Protocol):
    """Transports by name."""

    def get(self, name: str) -> Transport:
        """Return the transport of that name; raises `Unsupported`."""
        ...


@dataclass(frozen=True, slots=True)
class Hands:
    """What all watches of a collector share."""

    wheel: Wheel
    transports: Ways
    publish: Callable[[list[Sample]], None]
    patch: Callable[[list[Patch]], None]
    """Takes what changed in watched lists, for the console alone."""
    uniform: Callable[[float, float], float]
    wall: Callable[[], float] = time.time
    tell: Callable[[list[Sample]], None] = lambda _: None
    """Takes samples that nobody looks at: only rules and recorders hear them."""
    spread: float = 0.0
    """Seconds over which the first rare questions to all targets are asked."""
