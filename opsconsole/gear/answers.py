"""What an agent answered, found by object and by the index of a row."""

import struct
from collections.abc import Callable, Iterable, Mapping

from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.gear.form import Condition, Pick, Piece, Ref
from opsconsole.varbind import Bound, Value

UNKNOWN_NUMBERS = frozenset({2147483647, -2147483648, 4294967295})
"""What agents send for lack of a number, whatever they measure."""

_FLOAT = b"\x9f\x78\x04"
_DOUBLE = b"\x9f\x79\x08"


class Answers:
    """Values by name, and by column and index."""

    def __init__(self, bound: Iterable[Bound], roots: "Roots") -> None:
        """`roots` are the columns that are asked for; what is of no value is left out."""
        self.values: dict[str, Value] = {}
        self.columns: dict[str, dict[str, Value]] = {root: {} for root in roots.all}
        for name, _, value in bound:
            if value is None:
                continue
            self.values[name] = value
            for root, index in roots.of(name):
                self.columns[root][index] = value

    def value(self, ref: Ref, index: str) -> Value:
        """What an object says for the row of that index; None where it says nothing."""
        if ref.whole and ref.pieces is None:
            return self.values.get(ref.root)
        at = index if ref.pieces is None else self._index(ref.pieces, index)
        return self.columns[ref.root].get(at) if ref.root else at or None

    def _index(self, pieces: tuple[Piece, ...], index: str) -> str:
        return ".".join(piece for one in pieces if (piece := self._piece(one, index)))

    def _piece(self, piece: Piece, index: str) -> str:
        if piece.column:
            value = self.columns[piece.column].get(index)
            return text(value)
        if piece.fixed:
            return piece.fixed
        return ".".join(index.split(".")[piece.first - 1 : piece.last])

    def picked(self, pick: Pick, index: str) -> str:
        """The word of a choice for a row; empty where there is none."""
        if pick.of is None:
            return pick.fixed
        said = text(self.value(pick.of, index)).lower()
        if not pick.map:
            return said
        return pick.map.get(said, pick.map.get("*", ""))

    def holds(self, condition: Condition, index: str) -> bool:
        """Whether a condition holds for a row."""
        return met(condition, self.value(condition.ref, index))


class Roots:
    """The columns that are asked for, and which of them a name belongs to."""

    KEPT = 20_000
    """Names that are remembered: agents are asked for the same ones over and over."""

    def __init__(self, roots: Iterable[str]) -> None:
        self.all = frozenset(roots)
        self._depths = sorted({root.count(".") for root in self.all})
        self._known: dict[str, tuple[tuple[str, str], ...]] = {}

    def of(self, name: str) -> tuple[tuple[str, str], ...]:
        """Columns and the index in each; several where one stands below another."""
        found = self._known.get(name)
        if found is None:
            if len(self._known) >= self.KEPT:
                self._known.clear()
            found = self._known[name] = tuple(self._found(name))
        return found

    def _found(self, name: str) -> Iterable[tuple[str, str]]:
        pieces = name.split(".")
        for depth in self._depths:
            root = ".".join(pieces[: depth + 1])
            if root in self.all and len(pieces) > depth + 1:
                yield root, ".".join(pieces[depth + 1 :])


def text(value: Value) -> Clean:
    """A value as text, without what surrounds it; empty for nothing."""
    if value is None:
        return Clean("")
    if isinstance(value, bytes):
        return Clean(clean_bytes(value.rstrip(b"\0"), 200).strip())
    return clean(str(value), 200)


def number(value: Value) -> float | None:
    """A value as a number; of a text the number at its beginning; None where there is none."""
    if isinstance(value, int):
        return None if value in UNKNOWN_NUMBERS else float(value)
    if isinstance(value, bytes):
        if value.startswith(_FLOAT) and len(value) == 7:
            return float(struct.unpack(">f", value[3:])[0])
        if value.startswith(_DOUBLE) and len(value) == 11:
            return float(struct.unpack(">d", value[3:])[0])
    return leading(text(value))


def leading(said: str) -> float | None:
    """The number at the beginning of a text: `23.5 °C`, `+12,5`."""
    end = 0
    said = said.strip().replace(",", ".", 1)
    while end < min(len(said), 40) and (said[end] in "0123456789.-+"):
        end += 1
    try:
        return float(said[:end])
    except ValueError:
        return None


_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def met(condition: Condition, value: Value) -> bool:
    """Whether a value is as a condition wants it; nothing is only what is not in a list."""
    if condition.operator in {"in", "not in"}:
        among = text(value).lower() in condition.among
        return among == (condition.operator == "in")
    if condition.pattern is not None:
        found = condition.pattern.search(text(value)) is not None
        return found == (condition.operator == "~")
    measured = value if isinstance(value, int) else number(value)
    if measured is None:
        return False
    return _COMPARED[condition.operator](measured, condition.number)
