"""The first picture: the layout of the last session, painted before anything heavy is imported."""

import os

from screens.shell.charset import ascii_only

_OUTPUT = 2
_BUDGET = 2048
"""Bytes a skeleton may have over SSH; a local terminal takes four times as much."""

_TOP_LEFT, _TOP_RIGHT, _BOTTOM = "╭┌┏╔", "╮┐┓╗", "╰└┗╚╯┘┛╝"
_LEVEL, _UPRIGHT = "─━═", "│┃║"
_ASCII = {
    **{ord(char): "-" for char in _LEVEL},
    **{ord(char): "|" for char in _UPRIGHT},
    **{ord(char): "+" for char in _TOP_LEFT + _TOP_RIGHT + _BOTTOM},
}
_NARROW = (("\u0020", "\u10ff"), ("\u2010", "\u2027"), ("\u2190", "\u22ff"), ("\u2500", "\u25fc"))
"""Ranges of code points that take one cell; a layout has no need of others."""

_WAITING = "waiting"


def paint(rows: int = 0, cols: int = 0) -> bool:
    """Show the alternate screen with the last layout, or with the first one ever.

    False, and nothing written, when the standard error stream is no terminal: Textual draws there.
    """
    try:
        size = os.get_terminal_size(_OUTPUT)
    except OSError:
        return False
    if not os.isatty(_OUTPUT) or os.environ.get("TERM", "") == "dumb":
        return False
    rows, cols = rows or size.lines, cols or size.columns
    os.write(_OUTPUT, picture(_saved(rows, cols) or first_layout(rows, cols), rows, cols))
    return True


def leave() -> None:
    """Give the screen back when the console did not get as far as taking it over."""
    os.write(_OUTPUT, b"\x1b[0m\x1b[?1049l\x1b[?25h")


def picture(lines: list[str], rows: int, cols: int) -> bytes:
    """Bytes that show the lines, in the colours every terminal has."""
    plain = ascii_only(os.environ)
    budget = _BUDGET if os.environ.get("SSH_CONNECTION") else 4 * _BUDGET
    drawn = [_harmless(line, plain)[:cols].rstrip() for line in lines[:rows]]
    body = _body(drawn)
    if len(body) > budget:
        body = _body([_without_runs(line) for line in drawn])
    while len(body) > budget and drawn:
        drawn.pop()
        body = _body([_without_runs(line) for line in drawn])
    return b"\x1b[?1049h\x1b[?25l\x1b[0m\x1b[2J\x1b[2m" + body + b"\x1b[0m\x1b[H"


def _body(lines: list[str]) -> bytes:
    parts: list[str] = []
    for y, line in enumerate(lines, 1):
        text = line.lstrip()
        if text:
            parts.append(f"\x1b[{y};{len(line) - len(text) + 1}H{text}")
    return "".join(parts).encode("utf-8", "replace")


def _without_runs(line: str) -> str:
    """Shorten what costs most: long level lines keep their ends only."""
    return "".join(
        " "
        if char in _LEVEL and line[i - 1 : i] in _LEVEL and line[i + 1 : i + 2] in _LEVEL
        else char
        for i, char in enumerate(line)
    )


def _harmless(line: str, plain: bool) -> str:
    if plain:
        line = line.translate(_ASCII)
    ranges = _NARROW if not plain else (("\u0020", "\u007e"),)
    for char in set(line):
        if not char.isprintable() or not any(first <= char <= last for first, last in ranges):
            line = line.replace(char, "?")
    return line


def first_layout(rows: int, cols: int) -> list[str]:
    """A tab bar over waiting panes, for a first start."""
    lines = [" opsconsole  starting"]
    across = 1 if cols < 100 else 2
    height = max(3, (rows - 2) // 3)
    width = cols // across
    while len(lines) + height <= rows - 1:
        lines.append(("╭" + "─" * (width - 2) + "╮") * across)
        lines.append(("│ " + _WAITING.ljust(width - 3) + "│") * across)
        lines += [("│" + " " * (width - 2) + "│") * across] * (height - 3)
        lines.append(("╰" + "─" * (width - 2) + "╯") * across)
    return lines


def layout_of(lines: list[str]) -> list[str]:
    """Keep of a screen what is layout: the first line, and frames with their titles.

    No value survives: a number from the last session must not look live.
    """
    open_sides: set[int] = set()
    waiting: list[int] = []
    kept: list[str] = []
    for line in lines[1:]:
        if any(level * 3 in line for level in _LEVEL):
            waiting = [x for x, char in enumerate(line) if char in _TOP_LEFT]
            open_sides |= {x for x, char in enumerate(line) if char in _TOP_LEFT + _TOP_RIGHT}
            open_sides -= {x for x, char in enumerate(line) if char in _BOTTOM}
            kept.append(_title(line, open_sides))
            continue
        cells = [
            char if x in open_sides and char in _UPRIGHT else " " for x, char in enumerate(line)
        ]
        for x in waiting:
            cells[x + 2 : x + 2 + len(_WAITING)] = _WAITING
        waiting = []
        kept.append("".join(cells[: len(line)]))
    return [*map(_without_numbers, lines[:1]), *kept]


def _title(line: str, open_sides: set[int]) -> str:
    words = "".join(
        char if x in open_sides or char not in _UPRIGHT else " " for x, char in enumerate(line)
    ).split(" ")
    return " ".join(
        _LEVEL[0] * len(word) if any(char.isdigit() for char in word) else word for word in words
    )


def _without_numbers(line: str) -> str:
    return " ".join(
        " " * len(word) if any(char.isdigit() for char in word) else word
        for word in line.split(" ")
    )


def _path() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or f"{os.environ.get('HOME', '')}/.cache"
    return f"{base}/opsconsole/skeleton"


def _saved(rows: int, cols: int) -> list[str]:
    """The layout saved for this size, if there is one."""
    try:
        fd = os.open(_path(), os.O_RDONLY)
    except OSError:
        return []
    try:
        data = os.read(fd, 1 << 17)
    except OSError:
        return []
    finally:
        os.close(fd)
    head, *lines = data.decode("utf-8", "replace").split("\n")
    return lines if head == f"{cols}x{rows}" else []


def save(lines: list[str], rows: int, cols: int) -> bool:
    """Keep the layout of this session for the next start; False when it could not be written."""
    path = _path()
    text = "\n".join([f"{cols}x{rows}", *(_harmless(line, False) for line in lines)])
    try:
        os.makedirs(path.rpartition("/")[0], mode=0o700, exist_ok=True)  # noqa: PTH103 - as above
        fd = os.open(f"{path}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(fd, text.encode("utf-8", "replace"))
        finally:
            os.close(fd)
        os.replace(f"{path}.new", path)  # noqa: PTH105 - pathlib is not imported this early
    except OSError:
        return False
    return True
