"""What is wrong, in words: the value, its limit, and the guards that made it worse."""

import re
from collections.abc import Iterable, Iterator

from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Level, Quantity, Row, Value
from opsconsole.rule import Measure
from opsconsole.rules.ruling import Key, Ruling

_UNIT = re.compile(r"_(?:percent|(?:bytes|bits|pages)?_?per_s|bytes|bits|ms|s)$")

_SUFFIX = {
    Quantity.PERCENT: " %",
    Quantity.PER_S: "/s",
    Quantity.MILLISECONDS: " ms",
}
_SCALED = {
    Quantity.BYTES: (1024.0, "B"),
    Quantity.BYTES_PER_S: (1024.0, "B/s"),
    Quantity.BITS_PER_S: (1000.0, "bit/s"),
}


def name(column: Column) -> str:
    """A column's key without its unit: `memory used`."""
    return _UNIT.sub("", column.key).replace("_", " ")


def said(value: Value, quantity: Quantity) -> str:
    """One value with its unit."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if quantity in _SCALED:
        return _scaled(value, *_SCALED[quantity])
    if quantity is Quantity.SECONDS:
        return span(value)
    return f"{_short(value)}{_SUFFIX.get(quantity, '')}"


def _short(value: float) -> str:
    size = abs(value)
    if size >= 1e6:
        return f"{value:.3g}"
    if size >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if size >= 1 else f"{value:.2g}"


def _scaled(value: float, step: float, unit: str) -> str:
    for prefix in ("", "k", "M", "G", "T"):
        if abs(value) < step or prefix == "T":
            return f"{_short(value)} {prefix}{unit}"
        value /= step
    raise AssertionError("unreachable")


def span(seconds: float) -> str:
    """A duration in its largest fitting unit."""
    if seconds < 120:
        return f"{_short(seconds)} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    if seconds < 2 * 86400:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} days"


def object_of(key: Key) -> Clean:
    """An object by the values of its key."""
    return clean(" ".join(said(value, Quantity.TEXT) for value in key))


def called(ruling: Ruling, row: Row) -> Clean:
    """The name of a row whose key is another thing: a number, a path that nobody knows."""
    place = ruling.called
    return Clean("") if place is None else clean(said(row[place], Quantity.TEXT), 80)


def why(ruling: Ruling, value: Value, row: Row, level: Level) -> Clean:
    """The value against its limit: `used 97.2 % over 90 %, available 3.1 GB`."""
    rule, column = ruling.rule, ruling.column
    if isinstance(value, str):
        parts = [f"{name(column)} {value}"]
    else:
        parts = [f"{_measured(ruling, value)}{_against(ruling, level)}"]
    parts += _beside(ruling, row, level)
    if rule.for_s and level > Level.OK:
        parts.append(f"for {span(rule.for_s)} or longer")
    return clean(", ".join(parts), 300)


def _measured(ruling: Ruling, value: Value) -> str:
    rule, what = ruling.rule, name(ruling.column)
    match rule.measure:
        case Measure.NEWEST:
            return f"{what} {said(value, ruling.column.quantity)}"
        case Measure.MEAN:
            mean = said(value, ruling.column.quantity)
            return f"{what} {mean} on average of {span(rule.window_s)}"
        case Measure.INCREASE:
            count = said(value, Quantity.COUNT)
            return f"{what} {count} within {span(rule.window_s)}"
        case Measure.HOURS:
            number = value if isinstance(value, int | float) else 0.0
            if number > 1e6:
                return f"{what} does not grow any more"
            return f"{what} at {said(rule.toward, ruling.column.quantity)} in {number:.1f} h"
        case Measure.RATIO:
            return f"{what} {said(value, Quantity.NUMBER)} times its mean of {span(rule.window_s)}"
        case Measure.RISE:
            more = said(value, ruling.column.quantity)
            return f"{what} {more} above its lowest of {span(rule.window_s)}"


def _against(ruling: Ruling, level: Level) -> str:
    limit = ruling.limit(level)
    if limit is None:
        return ""
    measure = ruling.rule.measure
    if measure in {Measure.NEWEST, Measure.MEAN, Measure.RISE}:
        return f", limit {said(limit, ruling.column.quantity)}"
    return f", limit {limit:g}{' h' if measure is Measure.HOURS else ''}"


def _beside(ruling: Ruling, row: Row, level: Level) -> Iterator[str]:
    """Other columns that are told, each once."""
    places = {column: place for place, column in enumerate(ruling.columns)}
    called_ = ruling.called  # stands before all of it
    told = [one for one in ruling.rule.tells if called_ is None or one != "name"]
    if level is not Level.OK:
        guards = next((b.guards for b in ruling.bounds if b.level is level), ruling.guards)
        # What must be equal says nothing that its rule does not; what must not, little.
        told += [one.condition.column for one in guards if one.condition.operator != "=="]
    for key in dict.fromkeys(told):
        column, value = ruling.columns[key], row[places[key]]
        if value is not None and value != "":
            yield f"{name(column)} {said(value, column.quantity)}"


def silence(periods: float, period: float, last: Iterable[str]) -> Clean:
    """Of a target that does not answer: for how long, and why as far as anybody knows."""
    return clean(": ".join((f"no answer for {span(int(periods * period))}", *last)), 300)
