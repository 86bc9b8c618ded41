"""Verbs on the list that has the keys: filter, sort, columns, and taking text away."""

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from weakref import WeakKeyDictionary

from opsconsole.clean import Clean, clean
from opsconsole.errors import UsageError
from opsconsole.model import Row
from opsconsole.spec import Pane
from opsconsole.store import Course, Store
from screens.shell import details
from screens.shell.base import ConsoleApp
from screens.shell.pane.table import SEPARATOR, TableBody
from screens.shell.sheet import Sheet, text_column
from screens.shell.verb.base import Base, Console
from widgets.format import TEXTUAL, spell
from widgets.table import LiveTable

_CHOICE = (text_column("key", "KEY"), text_column("title", "TITLE"), text_column("shown", "SHOWN"))
_ORDER = (text_column("key", "KEY"), text_column("title", "TITLE"), text_column("sorted", "SORTED"))


class Listing(Base):
    """What one does to rows and columns."""

    def __init__(self, app: ConsoleApp, console: Console) -> None:
        super().__init__(app, console)
        self.filter_before = ""
        """The filter that stood when the filter line was opened."""
        self._first_shown: WeakKeyDictionary[LiveTable, tuple[str, ...]] = WeakKeyDictionary()

    def table(self) -> LiveTable:
        """The list that has the keys; raises `UsageError` when there is none."""
        table = self.tab.table
        if table is None:
            raise UsageError("that is for lists; Tab goes to the next pane")
        return table

    def filter(self, argument: str) -> None:
        """Filter the list; without text open the filter line."""
        table = self.table()
        if argument:
            table.set_filter(argument)
        else:
            self.filter_before = table.filter_text
            self.screen.command_line.open("/", table.filter_text, self._filter_words)

    def _filter_words(self, text: str) -> Sequence[str]:
        head, space, last = text.rpartition(" ")
        keys = [f"{column.key}:" for column in self.table().data.columns]
        negated = last.startswith("!")
        hits = [key for key in [*keys, "label:"] if key.startswith(last.lstrip("!"))]
        return [f"{head}{space}{'!' if negated else ''}{hit}" for hit in hits]

    def sort(self, argument: str) -> None:
        """Sort by a column; `+1` and `-1` step, `invert` turns, empty asks."""
        table = self.table()
        if argument in ("+1", "-1"):
            table.action_sort_step(int(argument))
        elif argument == "invert":
            table.action_invert()
        elif argument:
            table.sort_by(_direction(table, argument))
        else:
            sheet = Sheet(Clean("Sort by"), _ORDER, lambda: _orders(table), choose=True)
            self._choose(sheet, table, lambda key: table.sort_by(_direction(table, key)))

    def columns(self, argument: str) -> None:
        """Show columns: `+key` adds, `-key` removes, `all`, `default`; empty asks."""
        table = self.table()
        self._first_shown.setdefault(table, table.shown)
        if argument:
            self._change_columns(table, argument)
            return
        sheet = Sheet(
            Clean("Columns: Enter shows or hides"),
            _CHOICE,
            lambda: _choices(table),
            act=lambda key: _toggle(table, key),
        )
        self._choose(sheet, table, lambda _key: None)

    def _change_columns(self, table: LiveTable, argument: str) -> None:
        shown = list(table.shown)
        for word in argument.split():
            if word == "all":
                shown = [column.key for column in table.data.columns]
            elif word == "default":
                shown = list(self._first_shown[table])
            elif word[0] in "+-" and word[1:] in _keys(table):
                shown = [key for key in shown if key != word[1:]]
                shown += [word[1:]] if word[0] == "+" else []
            else:
                raise UsageError(_unknown_column(word.lstrip("+-"), table))
        table.set_shown(shown)

    def _choose(self, sheet: Sheet, table: LiveTable, chosen: Callable[[str], None]) -> None:
        """Let the list hold still while the sheet lies over it."""

        def done(key: str | None) -> None:
            table.thaw()
            if key is not None:
                chosen(key)

        table.freeze()
        self.app.push_screen(sheet, done)

    def wide(self, argument: str) -> None:
        """Columns as wide as their content, or back."""
        del argument
        self.table().action_wide()

    def describe(self, argument: str) -> None:
        """Every field of the row under the cursor, with its source and limits."""
        del argument
        table = self.table()
        row_id = table.cursor_id
        row = table.row(row_id) if row_id is not None else None
        if row is None or row_id is None:
            raise UsageError("there is no row under the cursor")
        shown = _Described(table, row_id, row, self.console.store, self.tab.target)
        self.app.push_screen(Sheet(clean(str(row[0])), details.FIELDS, shown.rows, live=True))

    def yank(self, argument: str) -> None:
        """Copy `cell`, `row`, `id` or `pane`; empty copies the row."""
        self.console.copy(self._text(argument or "row"))

    def _text(self, what: str) -> str:
        if what == "pane":
            return self.plain()
        table = self.table()
        row_id = table.cursor_id
        row = table.row(row_id) if row_id is not None else None
        if row is None or row_id is None:
            raise UsageError("there is no row under the cursor")
        if what == "row":
            shown = [key for key in table.shown if key in _keys(table)]
            return "\t".join(table.text(row_id, key) for key in shown)
        if what == "id":
            return "\t".join(clean(part, len(part)) for part in row_id.split(SEPARATOR))
        if what == "cell":
            key = table.sort.removeprefix("-")
            return table.text(row_id, key if key in _keys(table) else table.shown[0])
        raise UsageError(f"{what!r} cannot be copied; cell, row, id or pane can")

    def plain(self) -> str:
        """The pane that has the keys as lines of text."""
        table = self.tab.table
        if table is None:
            return "\n".join(self._facts(self.tab.pane.pane))
        keys = [key for key in table.shown if key in _keys(table)]
        titles = {column.key: column.title for column in table.data.columns}
        lines = ["\t".join(titles[key] for key in keys)]
        lines += ["\t".join(table.text(row, key) for key in keys) for row in table.data.order]
        return "\n".join(lines)

    def _facts(self, pane: Pane) -> Iterator[str]:
        """Name and value of everything a pane without a list shows."""
        for name in pane.probes:
            probe = self.screen.scene.catalog[name]
            for row in self.console.store.rows(name, self.tab.target):
                for column, value in zip(probe.columns, row, strict=True):
                    text = spell(column, value)
                    yield f"{column.title}\t{clean(text, len(text))}"


class _Described:
    """A row in all its fields, as it is while they are shown."""

    def __init__(self, table: LiveTable, row_id: str, row: Row, store: Store, target: str) -> None:
        self._table, self._row_id, self._row = table, row_id, row
        self._store, self._target = store, target

    def rows(self) -> dict[str, Row]:
        """Lines of the sheet; of a row that is gone its last ones."""
        self._row = self._table.row(self._row_id) or self._row
        columns = self._table.data.columns
        return details.rows(columns, self._row, self._seen, self._store.now)

    def _seen(self, column: str) -> Course | None:
        table = self._table
        if not isinstance(table, TableBody):
            return None
        return self._store.course(table.probe, self._target, table.key_of(self._row), column)


def _keys(table: LiveTable) -> frozenset[str]:
    return frozenset(column.key for column in table.data.columns)


def _direction(table: LiveTable, key: str) -> str:
    """Numbers largest first unless asked otherwise; raises `UsageError` for no column."""
    bare = key.removeprefix("-")
    found = next((column for column in table.data.columns if column.key == bare), None)
    if found is None:
        raise UsageError(_unknown_column(bare, table))
    return key if key.startswith("-") or found.quantity in TEXTUAL else f"-{key}"


def _unknown_column(key: str, table: LiveTable) -> str:
    near = get_close_matches(key, _keys(table), n=1)
    return f"no column {key!r}" + (f"; did you mean {near[0]}?" if near else "")


def _orders(table: LiveTable) -> dict[str, Row]:
    current = table.sort.removeprefix("-")
    return {
        column.key: (
            Clean(column.key),
            Clean(column.title),
            Clean(("down" if table.sort.startswith("-") else "up") * (column.key == current)),
        )
        for column in table.data.columns
    }


def _choices(table: LiveTable) -> dict[str, Row]:
    return {
        column.key: (
            Clean(column.key),
            Clean(column.title),
            Clean("yes" if column.key in table.shown else "no"),
        )
        for column in table.data.columns
    }


def _toggle(table: LiveTable, key: str) -> None:
    shown = [each for each in table.shown if each != key]
    if len(shown) == len(table.shown):
        shown.append(key)
    if shown:
        table.set_shown(shown)
