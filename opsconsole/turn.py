"""What a watched list says, turn by turn: pages of a list, then what changed in it."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from opsconsole.errors import Malformed

Thing = TypeVar("Thing")


class Phase(enum.StrEnum):
    """What a payload of a watched exchange is; its body in the words of the server."""

    FIRST = "first"
    """The first page of a list that begins anew."""
    PAGE = "page"
    """Another page of it."""
    LISTED = "listed"
    """The list is complete, without a body: what was not in it since `FIRST` is gone."""
    EVENTS = "events"
    """Changes, one a line."""
    BEAT = "beat"
    """Nothing changed, without a body: the server was heard and all stands as it did."""


@dataclass(frozen=True, slots=True)
class Turn(Generic[Thing]):
    """A payload as a probe reads it: objects that are there as they are now, and those that went.

    `Probe.rows` of a watched exchange is given a turn and makes rows of `put` alone, one or more
    an object; it is called with `gone` in the place of `put` for the keys of what went.
    """

    phase: Phase
    put: Sequence[Thing] = ()
    gone: Sequence[Thing] = ()

    @property
    def departed(self) -> "Turn[Thing]":
        """The same with those that went in the place of those that are there."""
        return Turn(self.phase, self.gone)


def framed(phase: Phase, body: bytes = b"") -> bytes:
    """A payload: the phase, a line end, the body."""
    return phase.encode() + b"\n" + body


def unframed(payload: bytes) -> tuple[Phase, bytes]:
    """Take apart what `framed` made. Raises `Malformed`."""
    head, end, body = payload.partition(b"\n")
    phase = _PHASES.get(head)
    if phase is None or not end:
        raise Malformed("a turn of a watched list without its phase")
    return phase, body


_PHASES = {phase.encode(): phase for phase in Phase}
