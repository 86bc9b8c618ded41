"""Frame diff: the fewest bytes that bring a terminal from the last frame to the next one."""

from collections.abc import Sequence

from rich.color import ColorSystem
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

from screens.shell.glyph import NARROW, doubtful, glyphs

Update = LayoutUpdate | ChopsUpdate

_GAP = 4
"""Equal cells between two changed runs that are cheaper to resend than to jump over."""
_UNKNOWN = "\0"
_MEMO = 4096


class _Line:
    """What the terminal shows on one line: a glyph and a look (SGR codes) per cell."""

    __slots__ = ("glyphs", "looks", "strips")

    def __init__(self, width: int) -> None:
        self.glyphs = [_UNKNOWN] * width
        self.looks = [""] * width
        self.strips: dict[int, Strip] = {}
        """Strips these cells came from, by column: the same object again needs no look at cells."""

    def remember(self, x: int, end: int, strip: Strip) -> None:
        """Record that `strip` now stands at cells x to end; what it covered is forgotten."""
        for other, old in list(self.strips.items()):
            if other < end and other + old.cell_length > x:
                del self.strips[other]
        self.strips[x] = strip


class Painter:
    """Remembers what the terminal shows. `paint` returns what to write; nothing when equal."""

    def __init__(self, colors: ColorSystem) -> None:
        self._colors = colors
        self._lines: list[_Line] = []
        self._size = (0, 0)
        self._forgotten = False
        self._out: list[str] = []
        self._look = ""
        self._at: tuple[int, int] | None = None
        self._moves: dict[tuple[str, str], str] = {}

    def forget(self) -> None:
        """Send the next frame whole, whatever the terminal shows."""
        self._forgotten = True

    def paint(self, update: Update) -> str:
        """Bytes that show `update`; the terminal starts and ends with plain attributes."""
        self._out, self._look, self._at = [], "", None
        if isinstance(update, LayoutUpdate):
            self._fit(update.region.right, update.region.bottom)
            for y, strips in enumerate(update.strips, update.region.y):
                x = update.region.x
                for strip in strips:
                    self._strip(y, x, strip)
                    x += strip.cell_length
        elif update.spans:
            self._fit(update.chop_ends[0][-1], len(update.chops))
            for y, x1, x2 in update.spans:
                for (x, chop), end in zip(
                    update.chops[y].items(), update.chop_ends[y], strict=False
                ):
                    if chop is not None and x < x2 and end > x1:
                        self._strip(y, x, chop)
        if self._look:
            self._out.append("\x1b[0m")
        return "".join(self._out)

    def _fit(self, width: int, height: int) -> None:
        if self._forgotten or self._size != (width, height):
            self._forgotten = False
            self._size = (width, height)
            self._lines = [_Line(width) for _ in range(height)]

    def _strip(self, y: int, x: int, strip: Strip) -> None:
        line = self._lines[y]
        if line.strips.get(x) is strip:
            return
        start, width = x, self._size[0]
        for text, style, control in strip:
            if control is not None or not text:
                continue
            cells = glyphs(text)[: width - start]
            end = start + len(cells)
            look = self._look_of(style, text)
            if line.glyphs[start:end] != cells or line.looks[start:end].count(look) != len(cells):
                self._segment(y, start, cells, look)
            start = end
        if start > x:
            line.remember(x, start, strip)

    def _look_of(self, style: Style | None, text: str) -> str:
        """SGR codes of a style; for blanks only what one sees of them."""
        if style is None:
            return ""
        look = style._ansi
        if look is None:
            look = Strip.render_ansi(style, self._colors)
        return _blank(look) if look and text.isspace() else look

    def _segment(self, y: int, x: int, cells: list[str], look: str) -> None:
        """Send the changed runs of one segment and remember all of it."""
        line = self._lines[y]
        end = x + len(cells)
        old = zip(cells, line.glyphs[x:end], line.looks[x:end], strict=True)
        first = last = -1
        for i in [i for i, (cell, was, wore) in enumerate(old) if cell != was or wore != look]:
            if i <= last:
                continue
            if first >= 0 and i - last > _GAP:
                self._run(y, x + first, cells[first : last + 1], look)
                first = i
            elif first < 0:
                first = i
            last = i
            while last + 1 < len(cells) and not cells[last + 1]:
                last += 1  # the second half of a wide character goes with its first
        if first >= 0:
            self._run(y, x + first, cells[first : last + 1], look)
        line.glyphs[x:end] = cells
        line.looks[x:end] = [look] * len(cells)

    def _run(self, y: int, x: int, cells: Sequence[str], look: str) -> None:
        text = "".join(cells)
        if NARROW.fullmatch(text):
            self._write(y, x, text, len(cells), look)
            return
        start = 0
        for i, cell in enumerate(cells):
            if cell and doubtful(cell):
                self._write(y, x + start, "".join(cells[start:i]), i - start, look)
                size = 2 if i + 1 < len(cells) and not cells[i + 1] else 1
                self._doubtful(y, x + i, cell, size, look)
                start = i + size
        self._write(y, x + start, "".join(cells[start:]), len(cells) - start, look)

    def _doubtful(self, y: int, x: int, glyph: str, size: int, look: str) -> None:
        """Blank its cells first and move after it: a terminal may see it narrower."""
        if size > 1:
            self._write(y, x, " " * size, size, look)
        self._write(y, x, glyph, size, look)
        self._at = None

    def _write(self, y: int, x: int, text: str, size: int, look: str) -> None:
        if not text:
            return
        if self._at != (y, x):
            self._out.append(self._move(y, x))
        if look != self._look:
            self._out.append(self._change(look))
            self._look = look
        self._out.append(text)
        # At the right edge terminals differ in where the cursor waits.
        self._at = (y, x + size) if x + size < self._size[0] else None

    def _move(self, y: int, x: int) -> str:
        if self._at is not None and self._at[0] == y and x > self._at[1]:
            ahead = x - self._at[1]
            return "\x1b[C" if ahead == 1 else f"\x1b[{ahead}C"
        return move_to(x, y)

    def _change(self, look: str) -> str:
        key = (self._look, look)
        change = self._moves.get(key)
        if change is None:
            if len(self._moves) >= _MEMO:
                self._moves.clear()
            change = self._moves[key] = _transition(*key)
        return change


def move_to(x: int, y: int) -> str:
    """Put the cursor at a cell counted from zero."""
    if not x:
        return f"\x1b[{y + 1}H" if y else "\x1b[H"
    return f"\x1b[{y + 1};{x + 1}H"


def _parts(look: str) -> tuple[set[str], str, str]:
    """Split SGR codes into attributes, foreground and background."""
    attributes: set[str] = set()
    colors = {"3": "", "4": ""}
    codes = look.split(";") if look else []
    i = 0
    while i < len(codes):
        code = codes[i]
        length = 1
        if code in {"38", "48"}:
            length = 5 if codes[i + 1] == "2" else 3
            colors[code[0]] = ";".join(codes[i : i + length])
        elif code == "39" or 30 <= int(code) <= 37 or 90 <= int(code) <= 97:
            colors["3"] = code
        elif code == "49" or 40 <= int(code) <= 47 or 100 <= int(code) <= 107:
            colors["4"] = code
        else:
            attributes.add(code)
        i += length
    return attributes, colors["3"].removeprefix("39"), colors["4"].removeprefix("49")


def _transition(before: str, after: str) -> str:
    """Shortest SGR sequence from one look to another."""
    old_attributes, old_fore, old_back = _parts(before)
    attributes, fore, back = _parts(after)
    whole = ";".join(["0", after]) if after else ""
    if not attributes >= old_attributes:
        return f"\x1b[{whole}m"
    codes = sorted(attributes - old_attributes, key=int)
    if fore != old_fore:
        codes.append(fore or "39")
    if back != old_back:
        codes.append(back or "49")
    change = ";".join(codes)
    return f"\x1b[{min(change, whole, key=len)}m" if change else ""


_blanks: dict[str, str] = {}
_SEEN_ON_BLANKS = {"4", "7", "9", "21", "51", "52", "53"}


def _blank(look: str) -> str:
    """What one sees of a look on a blank: the background, unless something is drawn on it."""
    back = _blanks.get(look)
    if back is None:
        if len(_blanks) >= _MEMO:
            _blanks.clear()
        attributes, _, back = _parts(look)
        if attributes & _SEEN_ON_BLANKS:
            back = look
        _blanks[look] = back
    return back
