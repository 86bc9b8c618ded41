"""Screens for terminals that want no colour or know no Unicode."""

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_STRONG = 0.15
"""Difference in brightness from which a background is a highlight and not a shade."""

_ASCII = str.maketrans(
    {
        **dict.fromkeys("─━╌╍┄┅┈┉═╴╶╸╺╼╾▁▔▂‾―–—−", "-"),
        **dict.fromkeys("│┃╎╏┆┇┊┋║╵╷╹╻╽╿▏▕▎▌▍▐❘¦", "|"),
        **dict.fromkeys("┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┣┤┥┫┬┯┳┴┷┻┼┿╋╔╗╚╝╠╣╦╩╬╭╮╯╰", "+"),
        **dict.fromkeys("▃▄▅", "="),
        **dict.fromkeys("▆▇█▀▉▊▋▓■◼", "#"),
        **dict.fromkeys("░▒", "."),
        **dict.fromkeys("▲△▴↑⬆", "^"),
        **dict.fromkeys("▼▽▾↓⬇", "v"),
        **dict.fromkeys("◀◁◂←⬅‹«", "<"),
        **dict.fromkeys("▶▷▸→➜›»", ">"),
        **dict.fromkeys("●◉◆", "*"),
        **dict.fromkeys("○◌◇□", "o"),
        **dict.fromkeys("·•∙⋅", "."),
        **dict.fromkeys("✓✔", "+"),
        **dict.fromkeys("✗✘×", "x"),
        **dict.fromkeys("‘’′", "'"),
        **dict.fromkeys("“”″", '"'),
        "…": "~",
        "°": "'",
        "µ": "u",
        "μ": "u",
        "\N{NO-BREAK SPACE}": " ",
    }
)


class AsciiOnly(LineFilter):
    """Draws borders and symbols with ASCII; what has no likeness becomes `?`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return segments of the same widths in ASCII."""
        del background
        return [
            segment
            if segment.text.isascii()
            else Segment(_to_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]


@lru_cache(4096)
def _to_ascii(text: str) -> str:
    known = text.translate(_ASCII)
    if known.isascii():
        return known
    return "".join(char if char.isascii() else _likeness(char) for char in known)


def _likeness(char: str) -> str:
    bits = ord(char) - 0x2800
    if 0 <= bits <= 0xFF:
        return " .:!#"[(bits.bit_count() + 1) // 2]
    return "?" * cell_len(char)


class NoColors(LineFilter):
    """Drops every colour (`NO_COLOR`); a highlighted background becomes reverse video."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with attributes only; `background` is the widget's."""
        return [
            segment
            if segment.style is None
            else Segment(segment.text, _without_color(segment.style, background), segment.control)
            for segment in segments
        ]


@lru_cache(1024)
def _without_color(style: Style, background: Color) -> Style:
    reverse = bool(style.reverse)
    ground = style.bgcolor
    if ground is not None and not ground.is_default:
        shade = Color.from_rich_color(ground).brightness - background.brightness
        reverse = reverse != (abs(shade) > _STRONG)
    bare = Style(
        bold=style.bold,
        dim=style.dim,
        italic=style.italic,
        underline=style.underline,
        strike=style.strike,
        reverse=reverse,
    )
    return bare + Style.from_meta(style.meta) if style._meta is not None else bare
