"""The last door before the screen: no escape sequence, no link and no action from remote text."""

from collections.abc import Iterable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from screens.shell.glyph import harmless


class Armor(LineFilter):
    """Every line of every widget passes here, after markup and styles were applied."""

    def __init__(self, own_actions: Iterable[str] = ()) -> None:
        """`own_actions` are the exact action texts that may stay clickable."""
        super().__init__()
        self._own = frozenset(own_actions)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with foreign code points, links and actions taken out."""
        del background
        if all(self._is_plain(segment) for segment in segments):
            return segments
        return [self._disarm(segment) for segment in segments]

    @staticmethod
    def _is_plain(segment: Segment) -> bool:
        text, style, control = segment
        return (
            control is None
            and text.isascii()
            and text.isprintable()
            and (style is None or (style._meta is None and style._link is None))
        )

    def _disarm(self, segment: Segment) -> Segment:
        text, style, control = segment
        if control is not None:
            return Segment("", style)
        if style is not None and (style._link is not None or b"@" in (style._meta or b"")):
            style = _without_actions(style, self._own)
        return Segment(harmless(text), style)


@lru_cache(1024)
def _without_actions(style: Style, own: frozenset[str]) -> Style:
    kept = {
        key: value
        for key, value in style.meta.items()
        if not key.startswith("@") or (isinstance(value, str) and value in own)
    }
    bare = style.clear_meta_and_links()
    return bare + Style.from_meta(kept) if kept else bare
