"""Values as Kubernetes writes them: times, quantities, names that come again and again."""

import datetime
import functools
import re

from opsconsole.clean import Clean, clean

NAME = 253
"""Characters of the longest name."""

WORDS = 8192
"""Words that are kept, each for all rows that have it."""

_QUANTITY = re.compile(r"([+-]?[0-9.]{1,20})(?:([eE][+-]?\d{1,3})|(n|u|m|k|M|G|T|P|E|[KMGTPE]i))?")
_SCALES = {
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "E": 1e18,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
    "Pi": 2.0**50,
    "Ei": 2.0**60,
}


@functools.lru_cache(65536)
def moment(text: str | None) -> float | None:
    """Unix time of an RFC 3339 time; None for what is none."""
    try:
        return datetime.datetime.fromisoformat(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return None


@functools.lru_cache(4096)
def quantity(text: str | float | None) -> float | None:
    """`250m` is 0.25, `128Mi` is 134217728; None for what is none."""
    if text is None or isinstance(text, bool):
        return None
    if not isinstance(text, str):
        return float(text) if abs(text) < 1e30 else None
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    try:
        number = float(found[1] + (found[2] or ""))
    except ValueError:
        return None
    number *= _SCALES.get(found[3] or "", 1.0)
    return number if abs(number) < 1e30 else None


@functools.lru_cache(16384)
def word(text: str, limit: int = NAME) -> Clean:
    """Clean text that many rows share: one object for all of them."""
    return clean(text, limit)


class Words(dict[str, Clean]):
    """The same by subscript, which is done in a third of the time: of a list of 20,000 rows there
    are hundreds of thousands. Bounded: when it is full it begins anew.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __missing__(self, text: str) -> Clean:
        found = clean(text, self._limit)
        if len(text) <= NAME:
            if len(self) >= WORDS:
                self.clear()
            self[text] = found
        return found


NAMES, WORD, SHORT = Words(NAME), Words(80), Words(20)
"""Names of what has many rows, words, and those of a few letters."""


def name(text: str) -> Clean:
    """Clean name of one object; only a hostile server sends one that needs cleaning."""
    return (
        Clean(text)
        if len(text) <= NAME and text.isascii() and text.isprintable()
        else clean(text, NAME)
    )


def plain(text: str) -> bool:
    """Whether each part of a text is as `name` would have it, found at once for all of them."""
    return len(text) <= NAME and text.isascii() and text.isprintable()


def pairs(labels: dict[str, str] | None, limit: int = 400) -> Clean:
    """`app=web, tier=front`, in order."""
    return clean(
        ", ".join(f"{key}={value}" for key, value in sorted((labels or {}).items())), limit
    )


def ready(count: int, of: int) -> Clean:
    """`1/2`."""
    return SHORT[f"{count}/{of}"]
