"""All of one row: each field with its source and limits, statements laid out, values counted."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Quantity, Row, Value
from opsconsole.spelling import counted, lasting
from opsconsole.sql import Dialect, laid_out
from opsconsole.store import Course
from screens.shell.sheet import text_column
from widgets.format import spell

FIELDS = (
    text_column("field", "FIELD"),
    text_column("value", "VALUE"),
    text_column("limits", "LIMITS"),
    text_column("source", "SOURCE"),
)
LINES, CHARACTERS = 400, 100_000
"""Of a statement that are laid out."""
_NONE = "(none)"

Seen = Callable[[str], Course | None]
"""What was seen of a column of the row."""


def rows(columns: Sequence[Column], row: Row, seen: Seen, now: float) -> dict[str, Row]:
    """Lines of the sheet; `now` by the clock of what was seen."""
    found: dict[str, Row] = {}
    for column, value in zip(columns, row, strict=True):
        lines = _lines(column, value)
        found[column.key] = (
            Clean(column.key),
            lines[0],
            Clean("" if column.limits is None else _limits(column)),
            Clean(column.source),
        )
        for at, line in enumerate(lines[1:], 1):
            found[f"{column.key} {at}"] = (Clean(""), line, Clean(""), Clean(""))
        if column.tallied and (course := seen(column.key)) is not None:
            for at, (field, said) in enumerate(_course(column, course, now)):
                found[f"{column.key} seen {at}"] = (field, said, Clean(""), Clean(""))
    return found


def _lines(column: Column, value: Value) -> list[Clean]:
    if not column.language or not isinstance(value, str):
        return [clean(spell(column, value))]
    text = value[:CHARACTERS]
    lines = list(islice(laid_out(text, Dialect(column.language)), LINES + 1))
    said = [clean(line, len(line)) for line in lines[:LINES]]
    if len(lines) > LINES or len(text) < len(value):
        said.append(Clean("… and more"))
    return said or [Clean("")]


def _course(column: Column, course: Course, now: float) -> Iterator[tuple[Clean, Clean]]:
    """How often each value was seen since the row was first seen here."""
    since = lasting(max(0.0, now - course.first))
    yield (
        clean(f"{column.key}, seen"),
        clean(f"{counted(course.samples, 'sample')} since {since} ago, while somebody looked"),
    )
    for one in course.times:
        value = clean(spell(column, one.value)) if one.value else Clean(_NONE)
        ago = max(0.0, now - one.last)
        last = "last now" if one.last == course.last else f"last {lasting(ago)} ago"
        longest = f"longest {lasting(one.longest_s)}" if one.longest_s else "never twice in a row"
        share = f"{100 * one.share:.0f} % ({one.samples})"
        yield Clean(""), clean(f"{share:>11}  {value}; {longest}, {last}")


def _limits(column: Column) -> str:
    limits = column.limits
    assert limits is not None
    unit = "%" if column.quantity is Quantity.PERCENT else ""
    return f"warn {limits.warn:g}{unit}, crit {limits.crit:g}{unit} ({limits.source})"
