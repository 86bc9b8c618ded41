"""The filter of the timeline: what the filter of any list understands, over occurrences."""

from collections.abc import Callable, Mapping, Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Level, Quantity, Row, Value
from opsconsole.timeline import kind
from widgets.filter import Filter, parse
from widgets.format import spell

_WORDS = {Level.OK: "ok", Level.UNKNOWN: "unknown", Level.WARN: "warn", Level.CRIT: "crit"}

COLUMNS = tuple(
    Column(key, key.upper(), Quantity.TEXT, "the timeline")
    for key in ("kind", "level", "target", "object", "text")
)


def read(text: str) -> Filter:
    """Understand a filter; raises `FilterError`."""
    return parse(text, COLUMNS)


def sift(
    wanted: Filter, items: Sequence[Occurrence], labels: Mapping[str, Mapping[str, str]]
) -> Sequence[Occurrence]:
    """Those that pass, in their order; `labels` are those of targets. Raises `FilterError`."""
    if not wanted:
        return items
    subject = _Subject(items, labels)
    return [items[int(at)] for at in wanted.keep(subject.rows, subject)]


class _Subject:
    """Occurrences as a filter looks at them."""

    def __init__(
        self, items: Sequence[Occurrence], labels: Mapping[str, Mapping[str, str]]
    ) -> None:
        self.rows: dict[str, Row] = {str(at): _row(one) for at, one in enumerate(items)}
        self.labels: dict[str, Mapping[str, str]] = {
            str(at): labels[one.target] for at, one in enumerate(items) if one.target in labels
        }

    def haystacks(self, *, fold: bool) -> Mapping[str, str]:
        joined = {at: "\x1f".join(map(str, row)) for at, row in self.rows.items()}
        return {at: text.lower() for at, text in joined.items()} if fold else joined

    def speller(self, index: int) -> Callable[[Value], str]:
        column = COLUMNS[index]
        return lambda value: spell(column, value)


def _row(one: Occurrence) -> Row:
    word = Clean(kind(one).word)
    return (word, Clean(_WORDS[one.level]), clean(one.target), one.object, one.text)
