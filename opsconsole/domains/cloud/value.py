"""What answers of clouds have in common: texts, numbers, moments and tags, any of them absurd."""

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from opsconsole.clean import Clean, clean

TOP = float(1 << 63)

TAGS = 2000
"""Characters of an object's tags, as one text."""

DAY = 86400.0
GIB = float(1 << 30)


def text(value: Any, limit: int = 256) -> Clean:
    """A text or a number as text; empty for anything else."""
    fits = isinstance(value, str | int | float) and not isinstance(value, bool)
    return clean(str(value), limit) if fits else Clean("")


def number(value: Any) -> float | None:
    """A finite number, also one that stands in a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and abs(found) < TOP else None


def count(value: Any) -> int | None:
    """A whole number that is not negative; None for anything else."""
    found = number(value)
    return int(found) if found is not None and found >= 0 else None


def moment(value: Any) -> float | None:
    """Unix time of an ISO 8601 text (UTC unless it says otherwise), or of a number of seconds."""
    if not isinstance(value, str):
        return number(value)
    try:
        found = datetime.datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=datetime.UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def age(at: float, value: Any) -> float | None:
    """Seconds from a moment to `at`; None without one, and for one to come."""
    since = moment(value)
    return at - since if since is not None and since <= at else None


def items(value: Any) -> list[Any]:
    """A list; an empty one for anything else."""
    return [*cast("Iterable[Any]", value)] if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """An object; an empty one for anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def tags(value: Any) -> dict[str, str]:
    """Tags by name: of a list of `Key` and `Value`, of a mapping, of a list of words."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return {text(key, 128): text(said) for key, said in list(pairs)[:200]}
    found: dict[str, str] = {}
    for one in items(value)[:200]:
        if isinstance(one, Mapping):
            pair = cast("Mapping[str, Any]", one)
            found[text(pair.get("Key"), 128)] = text(pair.get("Value"))
        elif isinstance(one, str):
            name, _, said = one.partition(":")  # as DigitalOcean's users write them
            found[text(name, 128)] = text(said)
    return found


def listed(found: Mapping[str, str]) -> Clean:
    """Tags as one text, sorted by name."""
    said = (f"{name}={value}" if value else name for name, value in sorted(found.items()))
    return clean(", ".join(said), TAGS)


def tagged(found: Mapping[str, str], *names: str) -> Clean:
    """The value of the first of these tags that is there, however it is capitalised."""
    lower = {name.lower(): value for name, value in found.items()}
    return next((Clean(lower[name]) for name in names if lower.get(name)), Clean(""))


OFF = frozenset({"false", "no", "0", "off"})


def protected(found: Mapping[str, str]) -> bool:
    """Whether a tag `protected` says that nothing may be done to it by this console."""
    lower = {name.lower(): value.lower() for name, value in found.items()}
    return "protected" in lower and lower["protected"] not in OFF


def joined(values: Sequence[Any], limit: int = 256) -> Clean:
    """Texts with commas between."""
    return clean(", ".join(filter(None, map(text, values))), limit)
