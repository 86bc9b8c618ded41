"""Kinds of occurrences: what each is called, which can be wrong and which make things wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from opsconsole.alert import Occurrence
from opsconsole.model import Level


@dataclass(frozen=True, slots=True)
class Kind:
    """How occurrences of one kind are told."""

    word: str
    glyph: str
    ascii: str
    sign: bool = False
    """Something is wrong, when its level says so."""


_OTHER = Kind("other", "·", ".", sign=True)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "alert": Kind("alert", "▲", "A", sign=True),
        "clear": Kind("cleared", "▽", "c"),
        "watch": Kind("watch", "◌", "w", sign=True),
        "reboot": Kind("reboot", "↻", "R", sign=True),
        "unit": Kind("unit", "■", "u", sign=True),
        "log": Kind("log", "≡", "l", sign=True),
        "trap": Kind("trap", "◈", "t", sign=True),
        "deploy": Kind("deploy", "◆", "D"),
        "change": Kind("change", "Δ", "d"),
        "action": Kind("action", "►", ">"),
        "refusal": Kind("refused", "⊘", "x"),
        "note": Kind("note", "¶", "n"),
    }
)
"""By `Occurrence.kind`; glyphs are one cell wide."""

DEEDS: Mapping[str, float] = MappingProxyType({"deploy": 900.0, "action": 300.0})
"""What people do that can break something, and seconds for which it is suspected."""

CHANGE_S = 900.0
"""Seconds for which a change is told beside what came after it: changes are asked for rarely."""


def kind(occurrence: Occurrence) -> Kind:
    """How it is told."""
    return KINDS.get(occurrence.kind, _OTHER)


def abnormal(occurrence: Occurrence) -> bool:
    """Whether it says that something is wrong."""
    return occurrence.level > Level.OK and kind(occurrence).sign
