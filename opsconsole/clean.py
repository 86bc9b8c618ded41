"""Text from a target, made harmless once, where it enters: nothing a terminal would obey."""

import re
import unicodedata
from typing import NewType

Clean = NewType("Clean", str)
"""Text a widget may draw. Only `clean` and our own literals make one; a bare `str` fails typing."""

LIMIT = 256
"""Characters kept of one field, unless the caller knows better."""

FOREIGN = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: what terminals obey
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # invisible fillers and joiners
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, line and bidi controls
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"  # variation selectors, BOM, annotations
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # musical controls, tags
    "\ud800-\udfff]"  # lone surrogates
)
"""Code points that never reach a screen: they act on the terminal or have no width."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_MARKS_PER_BASE = 2


def clean(text: str, limit: int = LIMIT) -> Clean:
    """Return `text` without anything a terminal obeys, NFC, at most `limit` characters."""
    if text.isascii() and text.isprintable():
        return Clean(text[:limit])
    cut = text[: 4 * limit]
    normal = unicodedata.normalize("NFC", FOREIGN.sub(_REPLACEMENT, cut))
    return Clean(_thin_marks(normal)[:limit])


def clean_bytes(raw: bytes, limit: int = LIMIT) -> Clean:
    """Decode UTF-8 with replacement, then `clean`."""
    return clean(raw[: 4 * limit].decode("utf-8", "replace"), limit)


def _thin_marks(text: str) -> str:
    """Keep at most two combining marks on each base character, and none before the first."""
    if text.isascii() or not any(unicodedata.combining(char) for char in text):
        return text
    kept: list[str] = []
    marks = _MARKS_PER_BASE
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MARKS_PER_BASE:
            kept.append(char)
    return "".join(kept)
