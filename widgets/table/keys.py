"""What the operator does to a live table: moves, marks, sorts, opens."""

from collections.abc import Collection
from typing import ClassVar, TypeAlias

from textual.binding import Binding, BindingType
from textual.events import Blur, Click, Focus

from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Quantity, Row
from widgets.format import spell
from widgets.table import message
from widgets.table.layout import SparkColumn
from widgets.table.live import FollowingTable
from widgets.table.paint import Flag


class LiveTable(FollowingTable):
    """A table of objects by id that may change many times a second.

    Give it rows with `put` and `replace`, what is known beside them with `adorn`. Until the
    operator moves it, the cursor rests on the first row; from then on it stays with its object
    wherever that goes, and is on nothing (`cursor_id` is None) once the object is gone. The screen
    goes with it, whether a new order or a new size moved it, until the operator scrolls it out of
    sight with the mouse: then the view stays until the object is in sight again or a key moves the
    cursor. Rows that change place for what is put wait up to `sort_every` seconds for their turn.
    """

    Opened: TypeAlias = message.Opened
    CursorMoved: TypeAlias = message.CursorMoved
    CursorGone: TypeAlias = message.CursorGone
    Changed: TypeAlias = message.Changed
    SortRequested: TypeAlias = message.SortRequested
    ColumnsRequested: TypeAlias = message.ColumnsRequested

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "down", "down", id="table.down", show=False),
        Binding("up,k", "up", "up", id="table.up", show=False),
        Binding("pagedown", "page(1)", "page down", id="table.page-down", show=False),
        Binding("pageup", "page(-1)", "page up", id="table.page-up", show=False),
        Binding("ctrl+d", "half_page(1)", "half down", id="table.half-down", show=False),
        Binding("ctrl+u", "half_page(-1)", "half up", id="table.half-up", show=False),
        Binding("home", "top", "first", id="table.top", show=False),
        Binding("end,G", "bottom", "last", id="table.bottom", show=False),
        Binding("left", "shift(-1)", "columns left", id="table.left", show=False),
        Binding("right", "shift(1)", "columns right", id="table.right", show=False),
        Binding("enter", "open", "open", id="table.open"),
        Binding("space", "mark", "mark", id="table.mark"),
        Binding("V", "mark_range", "mark range", id="table.mark-range", show=False),
        Binding("asterisk", "mark_all", "mark all", id="table.mark-all", show=False),
        Binding("U", "unmark", "unmark", id="table.unmark", show=False),
        Binding("escape", "drop_range", "drop range", id="table.drop-range", show=False),
        Binding("less_than_sign", "sort_step(-1)", "sort left", id="table.sort-left", show=False),
        Binding(
            "greater_than_sign", "sort_step(1)", "sort right", id="table.sort-right", show=False
        ),
        Binding("I", "invert", "invert", id="table.invert", show=False),
        Binding("s", "choose_sort", "sort", id="table.sort"),
        Binding("c", "choose_columns", "columns", id="table.columns"),
        Binding("w", "wide", "wide", id="table.wide", show=False),
    ]

    # -- what others ask --------------------------------------------------------------------

    @property
    def cursor_id(self) -> str | None:
        """The object under the cursor; None when there is none or it is gone."""
        return self._cursor_id

    @property
    def counts(self) -> tuple[int, int]:
        """Rows that pass the filter, and all rows."""
        return len(self.data.order), len(self.data.rows)

    @property
    def summary(self) -> str:
        """`37 of 1000` under a filter, else `1000`; then what one cannot see in the rows.

        That is marks with those hidden by the filter, a range that was begun, what it is sorted
        by when that column is out of sight, and whether columns have all the room they need.
        """
        shown, total = self.counts
        text = f"{shown} of {total}" if self.data.filter else str(total)
        if self._marks:
            text += f", {len(self._marks)} marked"
            if hidden := self.hidden_marked:
                text += f" ({hidden} hidden)"
        if self._range_from is not None:
            text += f", range of {len(self._range())}"
        key = self.data.sort_key
        places = self._painter.layout.places
        if key in self._heads and all(key != place.head.key for place in places):
            text += f", by {self._heads[key].title}"
        if self._wide:
            text += ", wide"
        return text

    @property
    def marked(self) -> frozenset[str]:
        """Ids of the marked rows, those hidden by the filter too."""
        return frozenset(self._marks)

    @property
    def hidden_marked(self) -> int:
        """How many marked rows the filter hides."""
        return len(self._marks.difference(self.data.order)) if self._marks else 0

    @property
    def filter_text(self) -> str:
        """The filter in force."""
        return self.data.filter.text

    @property
    def sort(self) -> str:
        """What rows are sorted by: a key, `-key`, `WORST`, or empty."""
        return self.data.sort

    def row(self, row_id: str) -> Row | None:
        """Values of a row in the order of the columns."""
        return self.data.rows.get(row_id)

    def text(self, row_id: str, key: str) -> Clean:
        """One value in full, as it is written, fit to leave the app; raises `KeyError`."""
        index = self.data.index(key)
        text = spell(self.data.columns[index], self.data.rows[row_id][index])
        return clean(text, len(text))

    # -- moving -----------------------------------------------------------------------------

    def move_to(self, row_id: str) -> bool:
        """Put the cursor on an object; whether it is in the list."""
        if row_id not in self.data.order:
            return False
        self._go(self.data.order.index(row_id))
        return True

    def put_back(self, cursor: str | None, marks: Collection[str]) -> None:
        """Mark these objects and put the cursor on that one, where they are there."""
        self._marks.update(mark for mark in marks if mark in self.data.rows)
        if cursor is not None and cursor != self._cursor_id:
            self.move_to(cursor)
        self._refresh_body()
        self._changed()

    def _go(self, index: int) -> None:
        """The operator chose a row: from now on the cursor stays with its object."""
        self._chosen = True
        gone = self._lost_id is not None
        self._lost_id = None
        before = self._cursor
        self._aim(index)
        self._reveal()
        if gone:
            self._refresh_line(before - self.top + 1)
        if self._range_from is not None:
            self._refresh_body()
            self._changed()

    def action_down(self) -> None:
        """One row down; from an object that is gone, to what took its place."""
        self._go(self._cursor + (self._lost_id is None))

    def action_up(self) -> None:
        """One row up."""
        self._go(self._cursor - 1)

    def action_page(self, pages: int) -> None:
        """A screen up or down."""
        self._go(self._cursor + pages * max(1, self.page))

    def action_half_page(self, pages: int) -> None:
        """Half a screen up or down."""
        self._go(self._cursor + pages * max(1, self.page // 2))

    def action_top(self) -> None:
        """First row."""
        self._go(0)

    def action_bottom(self) -> None:
        """Last row."""
        self._go(len(self.data.order) - 1)

    def action_shift(self, columns: int) -> None:
        """Scroll columns; the first stays."""
        layout = self._painter.layout
        if columns < 0 < self._shift or (columns > 0 and layout.hidden_right):
            self._shift += columns
            self._relayout()

    def action_open(self) -> None:
        """Open the object under the cursor; only if it is in sight."""
        if self._cursor_id is None:
            return
        if self.top <= self._cursor < self.top + self.page:
            self.post_message(message.Opened(self, self._cursor_id))
        else:
            self._reveal()

    def on_click(self, event: Click) -> None:
        """A click chooses, a double click opens; on the header it sorts."""
        if event.y == 0:
            self._sort_at(event.x)
            return
        index = self.top + event.y - 1
        if index < len(self.data.order):
            self._go(index)
            if event.chain == 2:
                self.action_open()

    # -- marks ------------------------------------------------------------------------------

    def action_mark(self) -> None:
        """Mark or unmark the object under the cursor, and go to the next."""
        if self._cursor_id is None:
            return
        self._marks ^= {self._cursor_id}
        self._go(self._cursor + 1)
        self._refresh_body()
        self._changed()

    def action_mark_range(self) -> None:
        """Begin a range here; the second time, mark all from there to here."""
        if self._cursor_id is None:
            return
        if self._range_from is None:
            self._range_from = self._cursor
            self.freeze()
        else:
            self._marks.update(self._range())
            self.action_drop_range()
        self._refresh_body()
        self._changed()

    def action_drop_range(self) -> None:
        """Forget the range that was begun."""
        if self._range_from is not None:
            self._range_from = None
            self.thaw()
            self._refresh_body()
            self._changed()

    def action_mark_all(self) -> None:
        """Mark every row that passes the filter."""
        self._marks.update(self.data.order)
        self._refresh_body()
        self._changed()

    def action_unmark(self) -> None:
        """Take away all marks, those hidden by the filter too."""
        self._marks.clear()
        self._refresh_body()
        self._changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is ours only while a range is open."""
        del parameters
        return action != "drop_range" or self._range_from is not None

    def _range(self) -> list[str]:
        """Ids from where the range began to the cursor; rows hold still meanwhile."""
        if self._range_from is None:
            return []
        first, last = sorted((self._range_from, self._cursor))
        return self.data.order[first : last + 1]

    def _flags(self, row_id: str, index: int) -> int:
        flags = super()._flags(row_id, index)
        if row_id in self._marks:
            flags |= Flag.MARKED
        start = self._range_from
        if start is not None and min(start, self._cursor) <= index <= max(start, self._cursor):
            flags |= Flag.RANGE
        if index == self._cursor:
            flags |= Flag.CURSOR if self.has_focus else Flag.CURSOR | Flag.BLURRED
            if self._lost_id is not None:
                flags |= Flag.GONE
        return flags

    def on_focus(self, event: Focus) -> None:
        """The cursor shows that keys go here."""
        del event
        self._refresh_line(self._cursor - self.top + 1)

    def on_blur(self, event: Blur) -> None:
        """The cursor shows that keys go elsewhere."""
        del event
        self._refresh_line(self._cursor - self.top + 1)

    # -- sorting and columns ----------------------------------------------------------------

    def sort_by(self, sort: str) -> None:
        """Sort at once, see `FollowingTable`; a range that was begun is dropped."""
        self.action_drop_range()
        super().sort_by(sort)

    def set_filter(self, text: str) -> None:
        """Show only rows that pass, see `FollowingTable`; a range that was begun is dropped."""
        self.action_drop_range()
        super().set_filter(text)

    def action_sort_step(self, columns: int) -> None:
        """Sort by the next column to the right or left."""
        keys = [key for key in self._shown if isinstance(self._heads[key], Column)]
        if not keys:
            return
        current = self.data.sort_key
        if current in keys:
            self.sort_by(self._natural_sort(keys[(keys.index(current) + columns) % len(keys)]))
        else:
            self.sort_by(self._natural_sort(keys[0 if columns > 0 else -1]))

    def action_invert(self) -> None:
        """Turn the order round."""
        sort = self.data.sort
        self.sort_by(sort.removeprefix("-") if sort.startswith("-") else f"-{sort}")

    def action_choose_sort(self) -> None:
        """Ask for the menu of what to sort by."""
        self.post_message(message.SortRequested(self))

    def action_choose_columns(self) -> None:
        """Ask for the menu of columns."""
        self.post_message(message.ColumnsRequested(self))

    def action_wide(self) -> None:
        """Give text all the room it needs, or again only what leaves room for others."""
        self._wide = not self._wide
        self._relayout()
        self._changed()

    def _natural_sort(self, key: str) -> str:
        """Text from A to Z, numbers from the largest, states from the worst."""
        head = self._heads[key]
        return key if isinstance(head, Column) and head.quantity is Quantity.TEXT else f"-{key}"

    def _sort_at(self, x: int) -> None:
        for place in self._painter.layout.places:
            if place.x <= x < place.x + place.width:
                key = place.head.of if isinstance(place.head, SparkColumn) else place.head.key
                if self.data.sort_key == key:
                    self.action_invert()
                else:
                    self.sort_by(self._natural_sort(key))
                return
