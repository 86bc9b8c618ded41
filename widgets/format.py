"""How a value looks: a number in a unit that fits, text cut by cells, no number cut short."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from opsconsole.clean import clean
from opsconsole.model import Column, Level, Limits, Quantity, Value


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs a terminal can draw."""

    ellipsis: str
    spark: str
    """Eight heights, lowest first."""
    stale: str
    hatch: str
    more: str
    """What hangs out to the left and to the right."""
    sorted: str
    """Ascending and descending."""


UNICODE = Glyphs("…", "▁▂▃▄▅▆▇█", "░", "░", "‹›", "▲▼")
ASCII = Glyphs("~", "_.,-=+*#", "~", "/", "<>", "^v")

SIGN = {Level.OK: "", Level.UNKNOWN: "?", Level.WARN: "!", Level.CRIT: "X"}
"""What stands before a value that is not in order, so that no state is told by colour alone."""

NOT_KNOWN = "-"

STEP = 5.0
"""Seconds between two ages of something young."""

TEXTUAL = frozenset({Quantity.TEXT, Quantity.STATE})
"""Quantities drawn flush left, as wide as there is room for."""

NATURAL = {
    Quantity.TEXT: 8,
    Quantity.STATE: 8,
    Quantity.COUNT: 7,
    Quantity.NUMBER: 6,
    Quantity.PERCENT: 5,
    Quantity.BYTES: 8,
    Quantity.BYTES_PER_S: 10,
    Quantity.BITS_PER_S: 11,
    Quantity.PER_S: 7,
    Quantity.SECONDS: 7,
    Quantity.MILLISECONDS: 7,
    Quantity.TIME: 19,
    Quantity.SINCE: 7,
    Quantity.FLAG: 3,
}
"""Cells a value of that quantity takes at most, in its usual unit and without its sign."""

_CRIT = frozenset(
    {"crit", "critical", "dead", "denied", "down", "error", "failed", "fault", "lost"}
    | {"malformed", "offline", "stale", "unreachable", "unsupported", "untrusted"}
    | {"crashloopbackoff", "imagepullbackoff", "errimagepull", "errimageneverpull"}
    | {"createcontainerconfigerror", "createcontainererror", "runcontainererror"}
    | {"oomkilled", "evicted", "invalidimagename", "replicafailure", "stuck"}
    | {"low battery", "shutting down", "no data", "goes dark", "protected"}
)
_WARN = frozenset(
    {"activating", "auto-restart", "blocked", "connecting", "deactivating", "degraded"}
    | {"disk-sleep", "maintenance", "reloading", "retrying", "starting", "stopping"}
    | {"unsynchronised", "warn", "warning", "zombie", "pending", "terminating", "progressing"}
    | {"containercreating", "podinitializing", "notready", "unavailable", "unschedulable"}
    | {"on battery", "on bypass", "replace", "off"}
)
_UNKNOWN = frozenset({"", "unknown", "waiting", "n/a"})

_IEC = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_SI = ("", "k", "M", "G", "T", "P", "E")


def state_level(word: str) -> Level:
    """Judge the word of a state column: `failed` is critical, `activating` a warning."""
    folded = word.lower().removeprefix("init:").partition(",")[0]
    if folded in _CRIT:
        return Level.CRIT
    if folded in _WARN:
        return Level.WARN
    return Level.UNKNOWN if folded in _UNKNOWN else Level.OK


def _three(value: float) -> str:
    """Three digits that count."""
    if value < 9.995:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"


def _scaled(value: float, base: float) -> tuple[float, int]:
    """Size and step of the unit in which at most four digits stand before the point."""
    limit = base - 0.5
    step = 0
    while value >= limit and step < 6:
        value /= base
        step += 1
    return value, step


def _bytes(value: float) -> str:
    size, step = _scaled(value, 1024.0)
    return f"{_three(size)} {_IEC[step]}" if step else f"{value:.0f} B"


def _bytes_short(value: float) -> str:
    size, step = _scaled(value, 1024.0)
    return f"{size:.0f}{_IEC[step][:2]}"


def _bytes_per_s(value: float) -> str:
    return _bytes(value) + "/s"


def _bits_per_s(value: float) -> str:
    size, step = _scaled(value, 1000.0)
    return f"{_three(size)} {_SI[step]}bit/s" if step else f"{value:.0f} bit/s"


def _bits_short(value: float) -> str:
    size, step = _scaled(value, 1000.0)
    return f"{size:.0f}{_SI[step]}b"


def _si(value: float) -> str:
    size, step = _scaled(value, 1000.0)
    return _three(size) + _SI[step]


def _si_short(value: float) -> str:
    size, step = _scaled(value, 1000.0)
    return f"{size:.0f}{_SI[step]}"


def _count(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.0f}"


def _per_s(value: float) -> str:
    return _si(value) + "/s" if value else "0/s"


def _per_s_short(value: float) -> str:
    return _si_short(value) + "/s"


def _percent(value: float) -> str:
    return f"{value:.1f}%" if value < 99.95 else f"{value:.0f}%"


def _percent_short(value: float) -> str:
    return f"{value:.0f}%"


def _seconds(value: float) -> str:
    if value < 1:
        if not value:
            return "0 s"
        return f"{value * 1e3:.0f} ms" if value >= 0.001 else f"{value * 1e6:.0f} us"
    whole = int(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60}s"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60}m"
    days = whole // 86400
    if days < 100:
        return f"{days}d {whole % 86400 // 3600}h"
    if days < 365:
        return f"{days}d"
    return f"{days // 365}y {days % 365}d" if days < 3650 else f"{days // 365}y"


def _seconds_short(value: float) -> str:
    whole = int(value)
    for size, unit in ((31536000, "y"), (86400, "d"), (3600, "h"), (60, "m")):
        if whole >= size:
            return f"{whole // size}{unit}"
    return f"{whole}s"


def _milliseconds(value: float) -> str:
    if value < 999.5:
        return f"{_three(value)} ms"
    seconds = value / 1000.0
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    return f"{seconds:.1f} s" if seconds < 59.95 else _seconds(seconds)


def _milliseconds_short(value: float) -> str:
    return f"{value:.0f}ms" if value < 999.5 else _seconds_short(value / 1000.0)


def _time(value: float) -> str:
    return _stamp(value, "%Y-%m-%d %H:%M:%S")


def _time_short(value: float) -> str:
    return _stamp(value, "%Y-%m-%d")


class _Present:
    """What ages are counted to: the clock, or the moment that a replay shows."""

    def __init__(self) -> None:
        self.clock: Callable[[], float] = time.time


_present = _Present()


def ages_by(clock: Callable[[], float] = time.time) -> None:
    """Count ages to what this clock says from now on."""
    _present.clock = clock


def _age(value: float) -> float:
    """Seconds since then, in steps that do not redraw a list each second."""
    age = max(0.0, _present.clock() - value)
    return age if age >= 120 else age // STEP * STEP


def _since(value: float) -> str:
    return _seconds(int(_age(value)))


def _since_short(value: float) -> str:
    return _seconds_short(_age(value))


def _stamp(value: float, pattern: str) -> str:
    try:
        return time.strftime(pattern, time.localtime(value))
    except (OverflowError, OSError, ValueError):
        return NOT_KNOWN


Spelling = Callable[[float], str]

_LONG: dict[Quantity, Spelling] = {
    Quantity.COUNT: _count,
    Quantity.NUMBER: _si,
    Quantity.PERCENT: _percent,
    Quantity.BYTES: _bytes,
    Quantity.BYTES_PER_S: _bytes_per_s,
    Quantity.BITS_PER_S: _bits_per_s,
    Quantity.PER_S: _per_s,
    Quantity.SECONDS: _seconds,
    Quantity.MILLISECONDS: _milliseconds,
    Quantity.TIME: _time,
    Quantity.SINCE: _since,
}
_SHORT: dict[Quantity, tuple[Spelling, ...]] = {
    Quantity.COUNT: (_si, _si_short),
    Quantity.NUMBER: (_si_short,),
    Quantity.PERCENT: (_percent_short,),
    Quantity.BYTES: (_bytes_short,),
    Quantity.BYTES_PER_S: (lambda value: _bytes_short(value) + "/s",),
    Quantity.BITS_PER_S: (_bits_short,),
    Quantity.PER_S: (_per_s_short,),
    Quantity.SECONDS: (_seconds_short,),
    Quantity.MILLISECONDS: (_milliseconds_short,),
    Quantity.TIME: (_time_short,),
    Quantity.SINCE: (_since_short,),
}


def spell(column: Column, value: Value) -> str:
    """One value as text, in full: no padding, nothing cut."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if value - value != 0:  # NaN and the infinities: no number that could be read
        return NOT_KNOWN
    long = _LONG.get(column.quantity, str)
    return long(value) if value >= 0 else "-" + long(-value)


def fit(text: str, width: int, glyphs: Glyphs = UNICODE) -> str:
    """Text in exactly `width` cells, flush left; what does not fit ends in an ellipsis."""
    if text.isascii() and text.isprintable():
        size = len(text)
        if size <= width:
            return text + " " * (width - size)
        return text[: width - 1] + glyphs.ellipsis if width > 0 else ""
    if not text.isprintable():
        text = clean(text)
    size = cell_len(text)
    if size <= width:
        return text + " " * (width - size)
    return set_cell_size(text, width - 1) + glyphs.ellipsis if width > 0 else ""


Cell = tuple[str, Level]
"""What a cell shows, in exactly its column's cells, and how bad that is."""


def cell_maker(column: Column, width: int, glyphs: Glyphs = UNICODE) -> Callable[[Value], Cell]:
    """The function that turns values of `column` into cells of exactly `width` cells.

    A number that does not fit is spelled in a larger unit, or shown as an ellipsis.
    """
    if column.quantity in TEXTUAL or column.quantity is Quantity.FLAG:
        return _word_maker(column, width, glyphs)
    long = _LONG[column.quantity]
    judge = _judge(column.limits)
    blank = NOT_KNOWN.rjust(width)

    def make(value: Value) -> Cell:
        kind = type(value)
        if kind is not float and kind is not int:
            return (blank if value is None else fit(spell(column, value), width, glyphs)), Level.OK
        assert isinstance(value, float | int)
        if value - value != 0:
            return blank, Level.OK
        text = long(value) if value >= 0 else "-" + long(-value)
        if judge is None:
            level = Level.OK
        elif level := judge(value):
            text = SIGN[level] + text
        if len(text) <= width:
            return text.rjust(width), level
        return _shorter(column, value, SIGN[level], width, glyphs), level

    return make


def _judge(limits: Limits | None) -> Callable[[float], Level] | None:
    """`Limits.level` for numbers, with its choices made once: it runs for every cell drawn."""
    if limits is None:
        return None
    warn, crit, ok, bad, worse = limits.warn, limits.crit, Level.OK, Level.WARN, Level.CRIT
    if warn <= crit:
        return lambda value: ok if value < warn else worse if value >= crit else bad
    return lambda value: ok if value > warn else worse if value <= crit else bad


def _shorter(column: Column, value: float, sign: str, width: int, glyphs: Glyphs) -> str:
    """The value in a shorter spelling, or the ellipsis that says there was no room."""
    minus = "-" if value < 0 else ""
    for spelling in _SHORT[column.quantity]:
        text = sign + minus + spelling(abs(value))
        if len(text) <= width:
            return text.rjust(width)
    return (sign + glyphs.ellipsis)[-width:].rjust(width) if width > 0 else ""


def _word_maker(column: Column, width: int, glyphs: Glyphs) -> Callable[[Value], Cell]:
    state = column.quantity is Quantity.STATE

    def make(value: Value) -> Cell:
        text = value if isinstance(value, str) else spell(column, value)
        if not state:
            return fit(text, width, glyphs), Level.OK
        level = state_level(text) if value is not None else Level.UNKNOWN
        sign = SIGN[level]
        return fit(f"{sign} {text}" if sign else text, width, glyphs), level

    return make


def natural_width(column: Column) -> int:
    """Cells for the title with a sort sign, and for any value in its usual unit."""
    sign = 0 if column.limits is None else 1
    if column.quantity is Quantity.STATE:
        sign = 2
    return max(NATURAL[column.quantity] + sign, cell_len(column.title) + 1)


def sparkline(
    values: Sequence[float], width: int, *, top: float | None = None, glyphs: Glyphs = UNICODE
) -> str:
    """The newest `width` values, one cell each, newest at the right; NaN leaves a gap.

    `top` is the value of a full cell (100 for percent); None takes the largest value in sight.
    """
    seen = values[-width:] if width > 0 else ()
    known = [value for value in seen if value == value]
    high = top or max(known, default=0.0)
    marks = glyphs.spark
    steps = len(marks) / high if high > 0 else 0.0
    last = len(marks) - 1
    drawn = [
        " " if value != value else marks[min(last, max(0, int(value * steps)))] for value in seen
    ]
    return "".join(drawn).rjust(width)
