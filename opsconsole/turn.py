"""What a watched list says, turn by turn: pages of a list, then what changed in it."""

import enum
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Generic, TypeVar, cast

from opsconsole.errors import Malformed
from opsconsole.model import Row

Thing = TypeVar("Thing")

BEAT = 10.0
"""Seconds within which something of a watched list is delivered while all is well."""


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
    an object; it is called with `gone` in the place of `put` for the keys of what went. An object
    stands in one of the two and once, as it was last said to be: see `settled`.
    """

    phase: Phase
    put: Sequence[Thing] = ()
    gone: Sequence[Thing] = ()

    @property
    def departed(self) -> "Turn[Thing]":
        """The same with those that went in the place of those that are there."""
        return Turn(self.phase, self.gone)


def settled(events: Iterable[tuple[Hashable, Thing, bool]]) -> tuple[list[Thing], list[Thing]]:
    """What is put and what is gone after events, each an identity, the object and whether it is
    there: of each object only the last one counts.
    """
    last: dict[Hashable, tuple[Thing, bool]] = {}
    for identity, thing, there in events:
        last[identity] = thing, there
    put = [thing for thing, there in last.values() if there]
    return put, [thing for thing, there in last.values() if not there]


def keyed(places: Sequence[int]) -> Callable[[Row], Row]:
    """How the key is taken from a row: the values at these places."""
    if not places:
        return lambda _: ()
    if len(places) == 1:
        only = places[0]
        return lambda row: (row[only],)
    return cast("Callable[[Row], Row]", itemgetter(*places))


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


def body_of(payload: bytes) -> memoryview:
    """The body alone, not copied: pages are megabytes, and decoders take any buffer.

    Raises `Malformed`.
    """
    return memoryview(payload)[len(phase_of(payload)) + 1 :]


def phase_of(payload: bytes) -> Phase:
    """The phase alone: a page of a list is not copied for it. Raises `Malformed`."""
    end = payload.find(b"\n", 0, _LONGEST + 1)
    phase = _PHASES.get(payload[:end]) if end >= 0 else None
    if phase is None:
        raise Malformed("a turn of a watched list without its phase")
    return phase


_PHASES = {phase.encode(): phase for phase in Phase}
_LONGEST = max(map(len, _PHASES))
