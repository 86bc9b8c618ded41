"""The filter an operator types: bare text, `col:re`, `col:>9`, `!col:re`, `label:a=b`; all hold."""

import difflib
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from opsconsole.errors import UsageError
from opsconsole.model import Column, Quantity, Row, Value
from widgets.filter.pattern import Pattern, PatternError

TEXT_LIMIT = 256
"""Characters of a cell that a pattern sees."""

FILTER_LIMIT = 512
"""Characters of a filter at most."""


class FilterError(UsageError):
    """A filter that makes no sense; `position` counts characters from its start."""

    def __init__(self, message: str, position: int, nearest: str = "") -> None:
        hint = f"; did you mean {nearest}?" if nearest else ""
        super().__init__(message + hint)
        self.position = position
        self.nearest = nearest


class Subject(Protocol):
    """What a filter looks at."""

    @property
    def rows(self) -> Mapping[str, Row]:
        """Rows by id."""
        ...

    @property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """Labels by row id."""
        ...

    def haystacks(self, *, fold: bool) -> Mapping[str, str]:
        """The text bare words are looked for in, by row id; in lower case when `fold`."""
        ...

    def speller(self, index: int) -> Callable[[Value], str]:
        """How values of that column are written."""
        ...


class Term(Protocol):
    """One condition."""

    def keep(self, ids: Iterable[str], subject: Subject) -> list[str]:
        """Those of `ids` for which it holds, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Bare:
    """Text that stands anywhere in the row; case counts only if it has a capital."""

    text: str
    negate: bool

    def keep(self, ids: Iterable[str], subject: Subject) -> list[str]:
        """See `Term`."""
        text, negate = self.text, self.negate
        hay = subject.haystacks(fold=text == text.lower())
        return [row_id for row_id in ids if (text in hay[row_id]) is not negate]


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern that stands in one column as it is written on screen."""

    index: int
    pattern: Pattern
    position: int
    negate: bool

    def keep(self, ids: Iterable[str], subject: Subject) -> list[str]:
        """See `Term`; raises `FilterError` for a pattern that proves too costly."""
        self.pattern.refill()
        rows, index, spell = subject.rows, self.index, subject.speller(self.index)
        verdicts: dict[str, bool] = {}
        kept: list[str] = []
        try:
            for row_id in ids:
                text = spell(rows[row_id][index])[:TEXT_LIMIT]
                verdict = verdicts.get(text)
                if verdict is None:
                    verdict = verdicts[text] = self.pattern.matches(text)
                if verdict is not self.negate:
                    kept.append(row_id)
        except PatternError as error:
            raise FilterError(str(error), self.position) from error
        return kept


@dataclass(frozen=True, slots=True)
class Compare:
    """A number in one column that is larger or smaller; what is not known is neither."""

    index: int
    sign: str
    than: float
    negate: bool

    def keep(self, ids: Iterable[str], subject: Subject) -> list[str]:
        """See `Term`."""
        rows, index = subject.rows, self.index
        return [row_id for row_id in ids if self._holds(rows[row_id][index])]

    def _holds(self, value: Value) -> bool:
        if value is None or isinstance(value, str | bool) or value != value:
            return False
        return _SIGNS[self.sign](value, self.than) is not self.negate


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label with a value, or any value if none is given."""

    key: str
    value: str | None
    negate: bool

    def keep(self, ids: Iterable[str], subject: Subject) -> list[str]:
        """See `Term`."""
        labels = subject.labels
        empty: Mapping[str, str] = {}
        return [
            row_id for row_id in ids if self._holds(labels.get(row_id, empty)) is not self.negate
        ]

    def _holds(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.key)
        return value is not None if self.value is None else value == self.value


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that was understood; an empty one keeps everything."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    def keep(self, ids: Iterable[str], subject: Subject) -> list[str]:
        """Those of `ids` for which every term holds, in their order. Raises `FilterError`."""
        kept = ids
        for term in self.terms:
            kept = term.keep(kept, subject)
        return kept if isinstance(kept, list) else list(kept)


_TERM = re.compile(
    r"""(?P<negate>!)?
        (?:(?P<name>[^\W\d][^\s:"!]*):)?
        (?P<value>(?:"[^"]*"|[^\s"])*)
        (?P<open>"?)""",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")
_COMPARED = re.compile(r"(>=|<=|>|<)(\d{1,18}(?:\.\d{1,9})?)([a-z%]*)", re.IGNORECASE)
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {f"{letter}{end}": 1024.0**power for power, letter in enumerate(("", "k", "m", "g", "t"))
          for end in ("", "b", "ib")}  # fmt: skip
_PLAIN = {"": 1.0, "%": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
_UNITS: Mapping[Quantity, Mapping[str, float]] = {
    Quantity.SECONDS: _SECONDS,
    Quantity.MILLISECONDS: {"": 1.0, "ms": 1.0, "s": 1e3, "m": 6e4, "min": 6e4},
    Quantity.BYTES: _BYTES,
    Quantity.BYTES_PER_S: _BYTES,
}
_NO_NUMBERS = frozenset({Quantity.TEXT, Quantity.STATE, Quantity.FLAG, Quantity.TIME})


def parse(text: str, columns: Sequence[Column]) -> Filter:
    """Understand `text` for rows of `columns`.

    Terms are separated by spaces and must all hold; `!` before one turns it round; quotes keep
    spaces and colons together. `web` stands anywhere in the shown text, `cpu:^9` in the column
    whose key or title it is (a beginning will do), `age_s:>10m` compares a number (`>` `<` `>=`
    `<=`, with a unit), `label:env=prod` looks at labels. Lower case matches any case. Raises
    `FilterError`.
    """
    if len(text) > FILTER_LIMIT:
        raise FilterError(f"a filter has at most {FILTER_LIMIT} characters", FILTER_LIMIT)
    terms: list[Term] = []
    at = _skip(text, 0)
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None or found["open"]:
            raise FilterError("a quote that is not closed", text.index('"', at))
        if found.end() == at or not found["value"]:
            raise FilterError("nothing to look for", at)
        terms.append(_term(found, columns))
        at = _skip(text, found.end())
    return Filter(text.strip(), tuple(terms))


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _term(found: re.Match[str], columns: Sequence[Column]) -> Term:
    negate = bool(found["negate"])
    value = found["value"].replace('"', "")
    name = found["name"]
    position = found.start("value")
    if not value:
        raise FilterError("nothing to look for", position)
    if name is None:
        return Bare(value, negate)
    if name.lower() == "label":
        key, equals, wanted = value.partition("=")
        if not key:
            raise FilterError("a label has a name: label:name=value", position)
        return Labelled(key, wanted if equals else None, negate)
    index = _column(name, found.start("name"), columns)
    quantity = columns[index].quantity
    if quantity not in _NO_NUMBERS and (compared := _COMPARED.fullmatch(value)):
        units = _UNITS.get(quantity, _PLAIN)
        unit = units.get(compared[3].lower())
        if unit is None:
            known = ", ".join(name for name in units if name)
            raise FilterError(f"{compared[3]} is no unit here; there are {known}", position)
        return Compare(index, compared[1], float(compared[2]) * unit, negate)
    try:
        return Match(index, Pattern(value), position, negate)
    except PatternError as error:
        raise FilterError(str(error), min(position + error.position, found.end())) from error


def _column(name: str, position: int, columns: Sequence[Column]) -> int:
    """The column that is called so: by key, by title, or by the only beginning that fits."""
    folded = name.lower()
    for called in (operator.attrgetter("key"), operator.attrgetter("title")):
        for index, column in enumerate(columns):
            if folded == called(column).lower():
                return index
    near = [
        index
        for index, column in enumerate(columns)
        if column.key.lower().startswith(folded) or column.title.lower().startswith(folded)
    ]
    if len(near) == 1:
        return near[0]
    names = [column.key for column in columns]
    if near:
        several = ", ".join(names[index] for index in near)
        raise FilterError(f"{name} may be any of {several}", position, names[near[0]])
    close = difflib.get_close_matches(folded, names, 1, 0.5)
    hint = "" if close else f"; columns: {', '.join(names)}" if len(names) <= 12 else ""
    raise FilterError(f"no column {name}{hint}", position, close[0] if close else "")
