"""One TOML table being read: typed values come out, everything wrong becomes a `Problem`."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, cast

from opsconsole.clean import clean
from opsconsole.errors import Problem
from opsconsole.secret import KINDS, Secret

Items = Mapping[str, object]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_SHOWN = 60
_MOST_SHOWN = 16

LONGEST_PATTERN = 200
"""Characters of a regular expression."""


class Form(NamedTuple):
    """What a text must look like, and how that is said."""

    pattern: re.Pattern[str]
    allowed: str


LABEL = Form(
    re.compile(r"[A-Za-z_][A-Za-z0-9_./-]{0,62}"),
    "a label name: a letter or _, then letters, digits and _ . / -, at most 63",
)
_REFERENCE = (
    'a reference: { env = "NAME" }, { file = "PATH" }, '
    '{ command = ["PROGRAM", …] } or { keyring = "SERVICE/NAME" }'
)
_REFERENCES = {
    "env": 'the name of a variable: { env = "NAME" }',
    "file": 'a path: { file = "PATH" }',
    "command": 'a program and its arguments: { command = ["PROGRAM", …] }',
    "keyring": 'a service and a name in it: { keyring = "SERVICE/NAME" }',
}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def items_of(value: object) -> Items | None:
    """Return the value as a table, None when it is something else."""
    # TOML and JSON keys are text; importers turn YAML's other keys into text first.
    return cast("Items", value) if isinstance(value, Mapping) else None


def words_of(value: object) -> tuple[str, ...] | None:
    """Return the value as texts, None when it is no list of texts that all say something."""
    if not isinstance(value, list):
        return None
    items = cast("list[object]", value)
    words = tuple(item for item in items if isinstance(item, str) and item)
    return words if len(words) == len(items) else None


def dotted(*keys: str) -> str:
    """Write keys as TOML does: `target."web-1.example".port`."""
    return ".".join(
        key if _BARE.fullmatch(key) else '"' + clean(key).replace('"', '\\"') + '"' for key in keys
    )


def shown(value: object) -> str:
    """Name a value in a message, shortened and harmless."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            text = clean(value)
            return repr(
                str(text) if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
            )
        case int() | float():
            return repr(value)[:_LONGEST_SHOWN]
        case Mapping():
            return "a table"
        case list():
            return "a list"
        case _:
            return f"a {type(value).__name__}"


def nearest(word: str, names: Iterable[str], count: int = 1) -> tuple[str, ...]:
    """Return the names most like a word, the most similar first."""
    import difflib  # only the unlucky pay for it

    return tuple(difflib.get_close_matches(word, tuple(names), count, 0.6))


def a_list(names: Iterable[str]) -> str:
    """Join names for a message, sorted, the first of them."""
    ordered = sorted(names)
    more = f", … ({len(ordered)} in all)" if len(ordered) > _MOST_SHOWN else ""
    return ", ".join(clean(name) for name in ordered[:_MOST_SHOWN]) + more


class Table:
    """A table with its place in the operator's files; a key may be read once or not at all."""

    __slots__ = ("base", "items", "problems", "where")

    def __init__(self, where: str, items: Items, base: Path, problems: list[Problem]) -> None:
        self.where = where
        """File and key path: `estate.toml: target.web-1`."""
        self.items = items
        self.base = base
        """The folder relative paths start from."""
        self.problems = problems
        """Where all problems of the estate are gathered."""

    def place(self, key: str) -> str:
        """Say where a key stands."""
        joint = "." if self.where and not self.where.endswith(": ") else ""
        return f"{self.where}{joint}{dotted(key)}"

    def wrong(self, key: str, found: str, allowed: str, near: tuple[str, ...] = ()) -> None:
        """Note a problem with the value of a key."""
        self.problems.append(Problem(self.place(key), found, allowed, near[0] if near else ""))

    def only(self, keys: Collection[str]) -> None:
        """Note each key that is none of `keys`: a misspelt key must not be silently ignored."""
        for key in [key for key in self.items if key not in keys]:
            near = nearest(key, keys)
            hint = ""
            if isinstance(self.items[key], Mapping) and not near:
                hint = '; a name with dots stands in quotes: ["web-1.example"]'
            self.wrong(key, "unknown key", a_list(keys) + hint, near)

    def text(self, key: str, form: Form) -> str | None:
        """Read text of a form."""
        value = self.items.get(key)
        if value is None:
            return None
        if isinstance(value, str) and form.pattern.fullmatch(value) and clean(value) == value:
            return value
        self.wrong(key, shown(value), form.allowed)
        return None

    def choice(self, key: str, names: Collection[str]) -> str | None:
        """Read one of some names."""
        value = self.items.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value in names:
            return value
        self.wrong(key, shown(value), a_list(names), nearest(str(value), names))
        return None

    def whole(self, key: str, low: int, high: int) -> int | None:
        """Read a whole number, ends included."""
        value = self.items.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.wrong(key, shown(value), f"a whole number, {low} to {high}")
        return None

    def flag(self, key: str) -> bool | None:
        """Read true or false."""
        value = self.items.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(key, shown(value), "true or false")
        return None

    def pattern(self, key: str) -> "re.Pattern[str] | None":
        """Read a regular expression."""
        value = self.items.get(key)
        if value is None:
            return None
        try:
            if isinstance(value, str) and len(value) <= LONGEST_PATTERN:
                return re.compile(value)
        except (re.error, OverflowError, RecursionError) as error:
            self.wrong(key, f"{shown(value)}: {error}", "a regular expression")
            return None
        self.wrong(key, shown(value), "a regular expression in quotes")
        return None

    def path(self, key: str) -> str | None:
        """Read a path: `~` is the operator's home, a relative one starts at the file's folder."""
        value = self.items.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value and clean(value, len(value)) == value:
            return self.absolute(value)
        self.wrong(key, shown(value), "a path in quotes")
        return None

    def absolute(self, path: str) -> str:
        """Complete a path with the operator's home or the file's folder."""
        try:
            expanded = Path(path).expanduser()
        except RuntimeError:  # no such user: the path is then named as it stands
            expanded = Path(path)
        return str(self.base / expanded)

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts."""
        value = self.items.get(key)
        if value is None:
            return ()
        found = words_of(value)
        if found is None:
            self.wrong(key, shown(value), 'a list of texts: ["one", "two"]')
        return found or ()

    def names(self, key: str, known: Collection[str], allowed: str) -> tuple[str, ...]:
        """Read a list of names that stand elsewhere, without repeats."""
        found = tuple(dict.fromkeys(self.texts(key)))
        for name in found:
            if name not in known:
                self.wrong(key, shown(name), allowed, nearest(name, known))
        return found

    def table(self, key: str) -> "Table | None":
        """Read a table within this one."""
        value = self.items.get(key)
        if value is None:
            return None
        items = items_of(value)
        if items is None:
            self.wrong(key, shown(value), "a table")
            return None
        return Table(self.place(key), items, self.base, self.problems)

    def each(self, key: str) -> "Iterator[Table]":
        """Read each of `[[key]]`; its place is told by its number."""
        value = self.items.get(key)
        if value is None:
            return
        entries = cast("list[object]", value) if isinstance(value, list) else [value]
        for number, entry in enumerate(entries, 1):
            items = items_of(entry) if isinstance(value, list) else None
            if items is None:
                self.wrong(key, shown(entry), f"[[{key}]] tables, in double brackets")
            else:
                yield Table(f"{self.where}{key}[{number}]", items, self.base, self.problems)

    def labels(self, key: str = "labels") -> dict[str, str]:
        """Read names with a text each."""
        table = self.table(key)
        labels: dict[str, str] = {}
        for name, value in table.items.items() if table else ():
            assert table is not None
            if not LABEL.pattern.fullmatch(name):
                table.wrong(name, shown(name), LABEL.allowed)
            elif not isinstance(value, str) or clean(value) != value:
                table.wrong(name, shown(value), "text in quotes, at most 256 characters")
            else:
                labels[name] = value
        return labels

    def numbers(
        self, key: str, low: float, high: float, names: Collection[str]
    ) -> dict[str, float]:
        """Read names with a number each, ends included; no `names` allows any name."""
        table = self.table(key)
        if table is None:
            return {}
        if names:
            table.only(names)
        numbers: dict[str, float] = {}
        for name, value in table.items.items():
            if (
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and low <= value <= high
            ):
                numbers[name] = float(value)
            else:
                table.wrong(name, shown(value), f"a number, {low:g} to {high:g}")
        return numbers

    def secret(self, key: str) -> Secret | None:
        """Read a reference to a secret; one in plain text is a problem, and never repeated."""
        value = self.items.get(key)
        if value is None:
            return None
        items = items_of(value)
        if items is None:
            self.wrong(key, "a secret in plain text", _REFERENCE)
            return None
        kinds = set(items)
        for kind in sorted(kinds - set(KINDS)):
            self.wrong(key, f"unknown secret kind {shown(kind)}", _REFERENCE, nearest(kind, KINDS))
        if kinds - set(KINDS):
            return None
        if len(kinds) != 1:
            found = "no reference" if not kinds else " and ".join(sorted(kinds))
            self.wrong(key, found, f"one of them: {_REFERENCE}")
            return None
        kind = kinds.pop()
        reference = self._reference(kind, items[kind])
        if reference is None:
            self.wrong(key, f"a reference to {kind} that is none", _REFERENCES[kind])
            return None
        return Secret(kind, reference)

    def _reference(self, kind: str, value: object) -> tuple[str, ...] | None:
        match kind, value:
            case "env", str() if _VARIABLE.fullmatch(value):
                return (value,)
            case "file", str() if value:
                return (self.absolute(value),)
            case "keyring", str() if all(value.rpartition("/")[::2]):
                return value.rpartition("/")[::2]
            case "command", list():
                return words_of(cast("object", value)) or None
            case _:
                return None
