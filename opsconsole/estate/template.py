"""Words with places to fill: each stays one argument, whatever is filled in."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from opsconsole.errors import Refused
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.spec import Hole, Words, escaped

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")

TARGET = ("target", "address", "user", "port")
"""Places every template has."""


@dataclass(frozen=True, slots=True)
class Template:
    """The words of a call. `{name}` is filled, `{{` and `}}` are braces."""

    words: tuple[str, ...]

    def wrong(self, names: Collection[str]) -> str:
        """Say what is wrong with it, when these names can be filled (and `label:` of any)."""
        for word in self.words:
            for found in _PLACE.finditer(word):
                if found[0] in {"{", "}"}:
                    return f"a lone {found[0]} in {word!r}: write {found[0] * 2} for a brace"
                name = found[1]
                if name is not None and name not in names and not name.startswith("label:"):
                    there = ", ".join(f"{{{one}}}" for one in names)
                    return f"{found[0]} is no place that can be filled; there are {there}"
        return ""

    @property
    def rights(self) -> Words:
        """The call as sudo has to permit it, whatever is filled in."""
        return tuple(map(_permitted, self.words))

    def fill(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The argv. Raises `Refused` for what has no value, or would be taken for an option."""
        words: list[str] = []
        for template in self.words:
            word = _PLACE.sub(lambda found: _filled(found, values), template)
            if word.startswith("-") and template.startswith("{") and "--" not in words:
                raise Refused(f"{word!r} would be taken for an option of {words[0]}", "argument")
            words.append(word)
        return tuple(words)


def _permitted(word: str) -> str | Hole:
    """A word of a template as sudo has to permit it: any text where something is filled in."""
    pieces: list[str] = []
    at, open_ = 0, False
    for found in _PLACE.finditer(word):
        pieces.append(escaped(word[at : found.start()]))
        pieces.append(found[0][0] if found[1] is None else "*")
        open_ = open_ or found[1] is not None
        at = found.end()
    pieces.append(escaped(word[at:]))
    plain = word.replace("{{", "{").replace("}}", "}")
    return Hole("word", "".join(pieces)) if open_ else plain


def _filled(found: re.Match[str], values: Mapping[str, str]) -> str:
    if found[1] is None:
        return found[0][0]
    if found[1] not in values:
        raise Refused(f"there is no {found[1]} to fill into the command", "argument")
    return values[found[1]]


def values(
    thing: Thing, target: Target | None, arguments: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """What fills a template: the target, its labels, the object's pins, the arguments."""
    known = {"target": thing.target, **dict(thing.pins), **dict(arguments)}
    if target is not None:
        known |= {f"label:{name}": value for name, value in target.labels.items()}
        known["address"] = target.address
        known["user"] = target.user or ""
        known["port"] = str(target.port or "")
    return known
