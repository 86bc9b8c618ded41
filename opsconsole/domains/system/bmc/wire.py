"""What a crawl brought, as documents by path; of a stranger, so that nothing in it is believed."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.errors import Malformed
from opsconsole.model import Level
from opsconsole.question import parted

Document = Mapping[str, Any]

LINK = "@odata.id"

NOTHING: Document = {}

_HEALTH = {"OK": Level.OK, "Warning": Level.WARN, "Critical": Level.CRIT}

_AWAY = frozenset({"Absent", "Disabled", "StandbyOffline", "UnavailableOffline"})
"""`Status.State` of what is not fitted, or is switched off: it has no value."""


class Tree:
    """All documents of an answer."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self.documents = documents

    @property
    def left_out(self) -> int:
        """Documents that were too many to be read."""
        found = self.documents.get("", 0)
        return found if isinstance(found, int) else 0

    def behind(self, value: object) -> Document:
        """The document behind a link, or what stands in its place; empty when there is none."""
        if not isinstance(value, dict):
            return NOTHING
        here = cast("Document", value)
        there = self.documents.get(str(here.get(LINK, "")))
        return cast("Document", there) if isinstance(there, dict) else here

    def each(self, value: object) -> Iterator[Document]:
        """The documents of a list of links, or of a collection with all of its pages."""
        if isinstance(value, list):
            for one in cast("list[object]", value):
                yield self.behind(one)
            return
        page = self.behind(value)
        seen: set[str] = set()
        while page:
            members = page.get("Members")
            if isinstance(members, list):
                yield from self.each(cast("list[object]", members))
            after = str(page.get("Members@odata.nextLink", ""))
            page = self.behind({LINK: after}) if after and after not in seen else NOTHING
            seen.add(after)

    def listed(self, *keys: str) -> Iterator[Document]:
        """The members of a collection that the root names: `listed("Chassis")`."""
        root = next(iter(self.documents.values()), None)
        if isinstance(root, dict):
            for key in keys:
                yield from self.each(cast("Document", root).get(key))


def read(payload: bytes) -> Tree:
    """The documents of an answer; raises `Malformed`."""
    (part,) = parted(payload, 1)
    try:
        found = msgspec.json.decode(part.body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"an answer that is none: {clean(str(error))}") from None
    return Tree(found)


def text(one: object, *keys: str, most: int = 200) -> Clean:
    """A text below these keys, or a number as one; empty when there is none."""
    value = at(one, *keys)
    if isinstance(value, str):
        return clean(value.strip(), most)
    return Clean(f"{value:g}") if isinstance(value, int | float) else Clean("")


def lowered(one: object, *keys: str) -> Clean:
    """A word of a small set below these keys, in lower case."""
    return clean(text(one, *keys, most=40).lower())


def number(one: object, *keys: str) -> float | None:
    """A number below these keys, also one that is written as a text; None when there is none."""
    value = at(one, *keys)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None


def at(one: object, *keys: str) -> object:
    """What stands below these keys, whatever it is; None when nothing does."""
    for key in keys:
        if not isinstance(one, dict):
            return None
        one = cast("Document", one).get(key)
    return one


def items(one: object, *keys: str) -> list[Document]:
    """The objects of a list below these keys."""
    value = at(one, *keys)
    if not isinstance(value, list):
        return []
    return [cast("Document", item) for item in cast("list[object]", value) if _is(item)]


def _is(item: object) -> bool:
    return isinstance(item, dict)


def health(one: Document) -> Level | None:
    """What a document says of its own state; None for what is not fitted, or says nothing."""
    if away(one):
        return None
    said = text(one, "Status", "HealthRollup") or text(one, "Status", "HealthRollUp")
    found = [_HEALTH.get(word) for word in (text(one, "Status", "Health"), said)]
    return max((level for level in found if level is not None), default=None)


def away(one: Document) -> bool:
    """Whether it is not fitted, or switched off."""
    return text(one, "Status", "State") in _AWAY


def word(level: Level | None) -> Clean:
    """A state as a cell."""
    words = {Level.OK: "ok", Level.WARN: "warning", Level.CRIT: "critical"}
    return Clean(words.get(level, "unknown") if level is not None else "unknown")
