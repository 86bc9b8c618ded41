"""The first picture: the layout of the last session, painted before anything heavy is imported."""

import os

from screens.shell.charset import ascii_only

_OUTPUT = 2
_BUDGET = 2048
"""Bytes a skeleton may have: nothing to wait for, even over a thin line."""

_NARROW = (("\u0020", "\u10ff"), ("\u2010", "\u2027"), ("\u2190", "\u22ff"), ("\u2500", "\u25fc"))
"""Ranges of code points that take one cell; a layout has no need of others."""

_WAITING = "waiting"
_GAP = " " * 8


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
    drawn = [_harmless(line, plain)[:cols].rstrip() for line in lines[:rows]]
    body = _body(drawn)
    while len(body) > _BUDGET:
        drawn.pop()
        body = _body(drawn)
    return b"\x1b[?1049h\x1b[?25l\x1b[0m\x1b[2J\x1b[2m" + body + b"\x1b[0m\x1b[H"


def _body(lines: list[str]) -> bytes:
    """Each run of words at its place; the gaps between them are not worth their blanks."""
    parts: list[str] = []
    for y, line in enumerate(lines, 1):
        x = 0
        for run in line.split(_GAP):
            text = run.lstrip()
            if text:
                parts.append(f"\x1b[{y};{x + len(run) - len(text) + 1}H{text}")
            x += len(run) + len(_GAP)
    return "".join(parts).encode("utf-8", "replace")


def _harmless(line: str, plain: bool) -> str:
    ranges = _NARROW if not plain else (("\u0020", "\u007e"),)
    for char in set(line):
        if not char.isprintable() or not any(first <= char <= last for first, last in ranges):
            line = line.replace(char, "?")
    return line


def first_layout(rows: int, cols: int) -> list[str]:
    """A tab bar over waiting panes, for a first start."""
    across = 1 if cols < 100 else 2 if cols < 200 else 4
    pane = " " * (cols // across - len(_WAITING) - 1) + f"{_WAITING} "
    every = max(4, rows // 4)
    panes = [pane * across if y % every == 1 else "" for y in range(1, rows)]
    return [" opsconsole  starting", *panes]


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
