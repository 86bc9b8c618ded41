"""What a cloud answered, as JSON: in each region what was found there, or why it is not known."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import (
    Denied,
    Lost,
    Malformed,
    TargetError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from opsconsole.question import CloudCall

Item = TypeVar("Item")

_ERRORS: dict[str, type[TargetError]] = {
    one.kind: one for one in (Denied, Lost, Malformed, Unreachable, Unsupported, Untrusted)
}


class Stale(Denied):
    """Our credentials are not good (any more): the session ends, and they are fetched anew."""


class Region(msgspec.Struct, omit_defaults=True):
    """One region's answer; of an account as a whole, the only one."""

    region: str
    items: list[msgspec.Raw] = []
    more: bool = False
    """Whether there are more than were read."""
    kind: str = ""
    """Of the error that stands in the place of items: `denied`, `unreachable`."""
    error: str = ""
    remedy: str = ""
    stale: bool = False
    """Whether our credentials are not good (any more)."""

    @property
    def fault(self) -> TargetError:
        """The error that stands in the place of items."""
        kind = Stale if self.stale else _ERRORS.get(self.kind, Malformed)
        return kind(self.error, self.remedy)


class Reading(msgspec.Struct):
    """The answer to one call."""

    at: float
    """Unix time at which it was asked, seconds."""
    regions: list[Region]

    @property
    def errors(self) -> list[Region]:
        """Regions of which nothing is known."""
        return [one for one in self.regions if one.error]

    def found(self, shape: type[Item]) -> Iterator[tuple[str, Item]]:
        """Each item with its region; one that has another shape is left out.

        Raises `Malformed` when no item of a region can be read.
        """
        for one in self.regions:
            good = 0
            for raw in one.items:
                try:
                    item = msgspec.json.decode(raw, type=shape, strict=False)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    continue
                good += 1
                yield one.region, item
            if one.items and not good:
                raise Malformed(f"{clean(one.region, 40)}: nothing of the answer can be read")


def refused(region: str, error: TargetError) -> Region:
    """An error in the place of an answer."""
    stale = isinstance(error, Stale)
    return Region(region, [], False, error.kind, str(error), error.remedy, stale)


def reading(body: bytes) -> Reading:
    """Decode the answer to one call; raises `Malformed`."""
    try:
        return msgspec.json.decode(body, type=Reading)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"an answer that is none: {clean(str(error))}") from None


def written(calls: Sequence[CloudCall]) -> str:
    """Calls that only read as one word, for a look of an action."""
    return msgspec.json.encode(calls).decode()


def understood(word: str) -> tuple[CloudCall, ...]:
    """The calls that such a word stands for; raises `Malformed`."""
    try:
        return msgspec.json.decode(word, type=tuple[CloudCall, ...])
    except msgspec.DecodeError as error:
        raise Malformed(f"no calls: {clean(str(error))}") from None


def answered(at: float, regions: Sequence[tuple[str, Sequence[Any], bool]]) -> bytes:
    """An answer in which all regions have items: region, items, whether there are more."""
    said = [
        Region(name, [msgspec.Raw(msgspec.json.encode(item)) for item in items], more)
        for name, items, more in regions
    ]
    return msgspec.json.encode(Reading(at, said))
