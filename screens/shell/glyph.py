"""Text as terminal cells: what stands in each cell, and nothing a terminal would obey."""

import re
from functools import lru_cache

from rich.cells import cell_len, set_cell_size, split_graphemes

from opsconsole.clean import FOREIGN

NARROW = re.compile(
    "[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0377\u0391-\u03ff\u0400-\u0482\u048a-\u052f"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2190-\u21ff\u2200-\u22ff\u2500-\u25fc\u2800-\u28ff]*"
)
"""Text in which every code point takes exactly one cell, in every terminal."""

_AGREED_WIDE = re.compile(
    "[\u1100-\u115e\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6]"
)
_CODE_POINTS_PER_CELL = 4
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def glyphs(text: str) -> list[str]:
    """One entry per cell; the right half of a wide glyph is an empty string.

    As many entries as Rich counts cells, whatever was removed: the layout holds.
    """
    return list(text) if NARROW.fullmatch(text) else list(_slow_glyphs(text))


def harmless(text: str) -> str:
    """Return `text` without the code points of `FOREIGN`, as wide as before."""
    if (text.isascii() and text.isprintable()) or not FOREIGN.search(text):
        return text
    return "".join(_slow_glyphs(text))


def doubtful(glyph: str) -> bool:
    """Say whether terminals disagree about the width of this glyph."""
    return not NARROW.fullmatch(glyph) and not (len(glyph) == 1 and _AGREED_WIDE.match(glyph))


@lru_cache(2048)
def _slow_glyphs(text: str) -> tuple[str, ...]:
    cells: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        if not width:
            continue
        glyph = FOREIGN.sub("", text[start:end])[:_CODE_POINTS_PER_CELL] or _REPLACEMENT * width
        if cell_len(glyph) == width and (len(glyph) == 1 or glyph[0] != _REPLACEMENT):
            cells += [glyph, *[""] * (width - 1)]
        else:
            # A joiner or selector is gone, and with it the width Rich gave to the whole.
            cells += _fit(set_cell_size(glyph, width), width)
    # Rich's two ways to measure disagree about stray joiners; lines are laid out by this one.
    return tuple(_exactly(cells, cell_len(text)))


def _exactly(cells: list[str], width: int) -> list[str]:
    """Cut or pad to `width` cells without leaving half of a glyph."""
    if len(cells) > width and width and not cells[width]:
        cells[width - 1] = " "
    return [*cells, *[" "] * width][:width]


def _fit(glyph: str, width: int) -> list[str]:
    """Cells of a short text without joiners: exactly `width` of them."""
    cells: list[str] = []
    for char in glyph:
        size = cell_len(char)
        if size:
            cells += [char, *[""] * (size - 1)]
        elif cells and cells[-1]:
            cells[-1] += char
    return _exactly(cells, width)
