"""The commands of an exchange: all at once, then those that are asked for each item of one."""

from collections.abc import Sequence
from typing import NamedTuple, cast

from opsconsole import reply
from opsconsole.question import Command, Part
from opsconsole.transports.redis.link import Link, Words

ITEMS = 64
"""Items that are asked for; a sentinel that watches more servers tells of these alone."""


class Asked(NamedTuple):
    """A command as bytes."""

    words: Words
    each: Words


def words(*said: str) -> Words:
    """Words as bytes; those that stand for odd bytes become these again."""
    return tuple(word.encode("utf-8", "surrogateescape") for word in said)


def compiled(commands: Sequence[Command]) -> list[Asked]:
    """The commands of an exchange as they are sent."""
    return [Asked(words(*one.words), words(*one.each)) for one in commands]


async def asked(link: Link, commands: Sequence[Asked]) -> list[Part]:
    """A part per command; one round trip, or two when something is asked for each item."""
    parts = await link.ask([one.each or one.words for one in commands])
    names = [_names(part) if one.each else [] for one, part in zip(commands, parts, strict=True)]
    more = [
        tuple(name if word == b"*" else word for word in one.words)
        for one, found in zip(commands, names, strict=True)
        for name in found
    ]
    answers = iter(await link.ask(more) if more else ())
    for at, (one, found) in enumerate(zip(commands, names, strict=True)):
        if one.each and reply.why(parts[at]) is None:
            parts[at] = reply.given([(name, _said(next(answers))) for name in found])
    return parts


def _names(part: Part) -> list[bytes]:
    """The field `name` of each item, or the item itself where it is a text."""
    if reply.why(part) is not None:
        return []
    value = reply.read(part, object)
    items = cast("list[object]", value)[:ITEMS] if isinstance(value, list) else []
    return [name for item in items for name in _name(item)]


def _name(item: object) -> list[bytes]:
    if isinstance(item, bytes):
        return [item]
    fields = cast("list[object]", item) if isinstance(item, list) else []
    pairs = zip(fields[::2], fields[1::2], strict=False)
    return [value for key, value in pairs if key == b"name" and isinstance(value, bytes)][:1]


def _said(part: Part) -> object:
    """An answer within an answer; a refusal is its words."""
    refusal = reply.why(part)
    if refusal is not None:
        return f"{refusal.code} {refusal.message}".strip().encode()
    return reply.read(part, object)
