"""What a program wrote to its terminal, read back: colours, places, modes."""

import re
from collections.abc import Iterator

from rich.cells import cell_len

TRUE_COLOR, COLORS_256, COLORS_16 = "38;2", "38;5", "16"

_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_MODE = re.compile(r"\x1b\[\?([0-9;]+)([hl])")
_PLACE = re.compile(r"\x1b\[(\d*);?(\d*)[Hf]")
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[]P_^X].*?(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]", re.DOTALL
)
_OF_16 = frozenset((*range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108)))
_ON_AT_FIRST = frozenset({"7", "25"})
"""Line wrap and the cursor; all other private modes that a program may set are off."""


def color_classes(written: str) -> set[str]:
    """Kinds of colour in it: of 16, of 256, of 16 million."""
    found: set[str] = set()
    for match in _SGR.finditer(written):
        codes = iter(re.split("[;:]", match[1]))
        for code in codes:
            if code in {"38", "48", "58"}:
                wide = next(codes, "") == "2"
                found.add(TRUE_COLOR if wide else COLORS_256)
                for _ in range(3 if wide else 1):
                    next(codes, None)
            elif code and int(code) in _OF_16:
                found.add(COLORS_16)
    return found


def left_on(written: str) -> set[str]:
    """Private modes that do not stand as a terminal has them at first, by number."""
    last: dict[str, bool] = {}
    for match in _MODE.finditer(written):
        last |= dict.fromkeys(match[1].split(";"), match[2] == "h")
    return {mode for mode, on in last.items() if on != (mode in _ON_AT_FIRST)}


def spans(written: str) -> Iterator[tuple[int, int, int]]:
    """Row, first and last column (from 1) of each piece of text, from the first place given on."""
    row = column = at = 0
    for match in _SEQUENCE.finditer(written):
        text = written[at : match.start()]
        at = match.end()
        for part in re.split(r"(\r\n|\n|\r)", text) if row else ():
            if part in {"\r\n", "\n", "\r"}:
                row, column = row + ("\n" in part), 1
            elif part:
                yield row, column, column + cell_len(part) - 1
                column += cell_len(part)
        if place := _PLACE.fullmatch(match[0]):
            row, column = int(place[1] or 1), int(place[2] or 1)
