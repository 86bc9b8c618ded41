"""States that endpoints tell by number or in words, and how bad they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer
from opsconsole.model import Level

Words = Mapping[int | str, tuple[str, Level]]
"""A word for each number or text (in small letters) that stands for a state."""

JUDGED = {
    Level.OK: Clean("ok"), Level.UNKNOWN: Clean("unknown"), Level.WARN: Clean("warning"),
    Level.CRIT: Clean("critical"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """One state of one object."""

    oid: str
    word: Clean
    level: Level


def state(one: Answer, oid: str, words: Words, value: object = None) -> State | None:
    """What an object says, or this value of it; None where it says nothing."""
    said = one.scalars.get(oid) if value is None else value
    if said is None:
        return None
    if isinstance(said, int):
        word, level = words.get(said, (f"state {said}", Level.UNKNOWN))
        return State(oid, clean(word), level)
    text = one.text(said) if isinstance(said, bytes | str) else Clean("")
    word, level = words.get(text.lower(), (text, Level.UNKNOWN))
    return State(oid, clean(word, 60), level) if text else None


POLY: Words = {
    1: ("disabled", Level.OK), 2: ("ok", Level.OK), 3: ("failed", Level.CRIT),
}  # fmt: skip
POLY_SERVICE: Words = {**POLY, 3: ("failed", Level.WARN)}
"""Of services that no call needs."""
REGISTERED: Words = {
    1: ("disabled", Level.OK), 2: ("registered", Level.OK), 3: ("failed", Level.CRIT),
}  # fmt: skip
"""Of Poly"""

GRANDSTREAM: Words = {
    "registered": ("registered", Level.OK), "not registered": ("not registered", Level.CRIT),
    "on hook": ("on hook", Level.OK), "off hook": ("off hook", Level.OK),
    "ringing": ("ringing", Level.OK), "not configured": ("not configured", Level.OK),
}  # fmt: skip

HELIOS: Words = {2: ("registered", Level.OK), 0: ("not registered", Level.CRIT)}

HOOK: Words = {0: ("off hook", Level.OK), 1: ("on hook", Level.OK)}
OPERATIONAL: Words = {1: ("disabled", Level.CRIT), 2: ("enabled", Level.OK)}
ALARM: Words = {
    0: ("no alarm", Level.OK), 1: ("indeterminate", Level.WARN), 2: ("warning", Level.WARN),
    3: ("minor", Level.WARN), 4: ("major", Level.CRIT), 5: ("critical", Level.CRIT),
}  # fmt: skip
REDUNDANT: Words = {
    1: ("not used", Level.OK), 2: ("ready", Level.OK), 3: ("not ready", Level.WARN),
}  # fmt: skip

INNOVAPHONE: Words = {0: ("down", Level.CRIT), 1: ("up", Level.OK), 2: ("up", Level.OK)}

SIP: Words = {
    1: ("unknown", Level.UNKNOWN), 2: ("up", Level.OK), 3: ("down", Level.CRIT),
    4: ("congested", Level.WARN), 5: ("restarting", Level.WARN), 6: ("quiescing", Level.WARN),
    7: ("testing", Level.OK),
}  # fmt: skip
"""`sipCommonCfgServiceOperStatus` of RFC 4780"""
