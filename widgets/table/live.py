"""The live half of a table: rows come and go, the cursor stays with its object."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual.events import Resize
from textual.timer import Timer

from opsconsole.model import Level, Row
from widgets.table import message
from widgets.table.layout import Head
from widgets.table.paint import Flag
from widgets.table.rows import WORST
from widgets.table.view import TableView

if TYPE_CHECKING:
    from widgets.table.keys import LiveTable

SORT_EVERY = 2.0
"""Seconds between two re-orderings that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Adornments:
    """What is known of rows beside their values; None where nothing new is said."""

    levels: Mapping[str, Level] | None = None
    scores: Mapping[str, float] | None = None
    dim: Collection[str] | None = None
    labels: Mapping[str, Mapping[str, str]] | None = None

    def over(self, older: "Adornments") -> "Adornments":
        """The same, with what the older one says where this one says nothing."""
        return Adornments(
            older.levels if self.levels is None else self.levels,
            older.scores if self.scores is None else self.scores,
            older.dim if self.dim is None else self.dim,
            older.labels if self.labels is None else self.labels,
        )


class FollowingTable(TableView):
    """Rows that come, change, move and go under a cursor that stays with its object."""

    sort_every: ClassVar[float] = SORT_EVERY

    # -- content ----------------------------------------------------------------------------

    def on_mount(self) -> None:
        """The scroll bar learns what was put before there was one."""
        self._fit_height(force=True)

    def on_resize(self, event: Resize) -> None:
        """A smaller page must not lose the cursor; what is out of sight now is told."""
        del event
        self._keep_in_sight()
        self._changed()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Note whether the cursor was left behind; what follows an order says so afterwards."""
        super().watch_scroll_y(old_value, new_value)
        self._left_behind = bool(self.page) and not self._in_sight

    def _reset(self) -> None:
        self._cursor = 0
        self._cursor_id: str | None = None
        self._lost_id: str | None = None
        self._chosen = False
        self._left_behind = False
        self._marks: set[str] = set()
        self._range_from: int | None = None
        self._held_rows: dict[str, Row] = {}
        self._held_gone: set[str] = set()
        self._held_whole = False
        self._held_adornments = Adornments()
        self._paused = False
        self._frozen = 0
        self._departed: set[str] = set()
        self._arranged_at = 0.0
        self._timer: Timer | None = None

    def _take_columns(self, heads: Sequence[Head], shown: Sequence[str], sort: str) -> None:
        super()._take_columns(heads, shown, sort)
        self._reset()

    def set_columns(
        self, columns: Sequence[Head], *, shown: Sequence[str] = (), sort: str = ""
    ) -> None:
        """Start again with other columns: rows, marks, filter and cursor are dropped."""
        if self._timer is not None:
            self._timer.stop()
        self._take_columns(columns, shown, sort)
        self._relayout()
        self._fit_height()
        self._changed()

    def put(self, rows: Mapping[str, Row], *, gone: Collection[str] = ()) -> None:
        """Merge changed rows (values in the order of the columns) and drop those that went."""
        if self._paused:
            self._held_rows.update(rows)
            self._held_gone.difference_update(rows)
            self._held_gone.update(gone)
            for row_id in gone:
                self._held_rows.pop(row_id, None)
            return
        if self._frozen:
            self._departed.update(gone)
            self._departed.difference_update(rows)
            gone = ()
        self._merge(rows, gone)

    def replace(self, rows: Mapping[str, Row]) -> None:
        """Set the whole content; unsorted, this is the order of the rows too."""
        listed, wanted = list(self.data.rows), list(rows)
        self.put(rows, gone=self.known - rows.keys())
        if self._paused:
            self._held_rows, self._held_whole = dict(rows), True
        elif listed != wanted:
            self._relist(wanted)

    @property
    def known(self) -> set[str]:
        """Ids of all rows, also of those that are held back."""
        return self.data.rows.keys() | self._held_rows.keys()

    def relist(self, ids: Sequence[str]) -> None:
        """Make this the order of all rows, unless they are sorted or held still."""
        if not self._paused and list(self.data.rows) != list(ids):
            self._relist(ids)

    def _relist(self, ids: Sequence[str]) -> None:
        if not self._frozen and not self.data.sort:
            self.data.relist(ids)
            self._arrange()

    def _merge(self, rows: Mapping[str, Row], gone: Collection[str]) -> None:
        data, visible = self.data, self._visible()
        mine = data.rows
        before = {
            row_id: mine[row_id]
            for row_id in visible
            if row_id in rows and (self._painter.sparks or rows[row_id] != mine[row_id])
        }
        total, shown = len(mine), data.order
        self._forget((self._lines.keys() & rows.keys()) - visible.keys())
        moved = data.put(rows, gone)
        if gone:
            self._forget(gone)
            self._marks.difference_update(gone)
        added = [rows[row_id] for row_id in data.added]
        if self._measure(added or self._reworded(before, rows)) and not self._frozen:
            self._relayout()
        else:
            self._redraw(visible, before)
        if data.order is not shown:
            self._settle(shown)
        if moved:
            self._arrange_soon()
        if len(mine) != total:
            self._changed()

    def _reworded(self, before: Mapping[str, Row], rows: Mapping[str, Row]) -> list[Row]:
        """Rows of those `before` with another text by now: numbers take no other room."""
        pairs = [(old, rows[row_id]) for row_id, old in before.items()]
        texts = self._textual
        return [new for old, new in pairs if any(old[at] != new[at] for at in texts)]

    def adorn(
        self,
        *,
        levels: Mapping[str, Level] | None = None,
        scores: Mapping[str, float] | None = None,
        dim: Collection[str] | None = None,
        labels: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """What is known of rows beside their values, by id; None leaves a part as it is.

        `levels` give the sign at the left and, with `scores`, the worst-first order; rows in
        `dim` are old; `labels` are what `label:a=b` looks at.
        """
        self._adorn(Adornments(levels, scores, dim, labels))

    def _adorn(self, given: Adornments) -> None:
        if self._paused:
            self._held_adornments = given.over(self._held_adornments)
            return
        data = self.data
        if given.dim is not None:
            self._dim = frozenset(given.dim)
        if given.scores is not None:
            data.scores = given.scores
        if given.levels is not None:
            data.levels = given.levels
        relabelled = given.labels is not None and given.labels != data.labels
        if given.labels is not None and relabelled:
            data.labels = given.labels
            data.rejudge()
        self._redraw_adorned()
        judged = given.levels is not None or given.scores is not None
        if (data.sort_key == WORST and judged) or (relabelled and data.filter):
            self._arrange_soon()

    def _redraw_adorned(self) -> None:
        """Repaint rows in sight whose level or age changed."""
        levels, visible = self.data.levels, self._visible()
        for row_id in list(self._lines):
            line = self._lines[row_id]
            level = levels.get(row_id, Level.OK)
            dim = row_id in self._dim
            if line.level == level and dim == bool(line.flags & Flag.DIM):
                continue
            line.level, line.strip = level, None
            if row_id in visible:
                self._refresh_line(visible[row_id])

    # -- order ------------------------------------------------------------------------------

    def _arrange_soon(self) -> None:
        """Put in order now if that has not been done for a while, else as soon as it may be."""
        if self._frozen:
            return
        wait = self._arranged_at + self.sort_every - time.monotonic()
        if wait <= 0 or not self.data.order:
            self._arrange()
            return
        shown = self.data.order
        if len(shown) < len(self.data.rows):
            before = list(shown)
            self.data.append_new()
            self._settle(before)
        if self._timer is None and self.is_mounted:
            self._timer = self.set_timer(wait, self._arrange)

    def _arrange(self) -> None:
        """Filter and sort now."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._frozen or self._paused:
            return
        before = self.data.order
        self.data.arrange()
        self._arranged_at = time.monotonic()
        self._settle(before)

    def _settle(self, before: Sequence[str]) -> None:
        """After the order changed: cursor, scroll bar, and the screen if it shows anything new."""
        top, page = self.top, self.page
        left_behind = self._left_behind and not self._in_sight
        self._follow()
        order = self.data.order
        self._fit_height()
        if order[top : top + page] != before[top : top + page] or not order:
            self._refresh_body()
        self._left_behind = left_behind
        self._keep_in_sight()
        if len(order) != len(before):
            self._changed()

    def _follow(self) -> None:
        """Find the cursor's object again."""
        order = self.data.order
        wanted = self._cursor_id if self._lost_id is None else self._lost_id
        if not self._chosen:
            self._aim(0)
        elif wanted is not None and wanted in order:
            self._lost_id = None
            self._aim(order.index(wanted))
        else:
            self._cursor = max(0, min(self._cursor, len(order) - 1))
            if self._cursor_id is not None:
                self._lost_id, self._cursor_id = self._cursor_id, None
                self.post_message(message.CursorGone(self._whole, self._lost_id))

    def _aim(self, index: int) -> None:
        """Put the cursor on the object at that position."""
        order = self.data.order
        old = self._cursor
        self._cursor = max(0, min(index, len(order) - 1))
        row_id = order[self._cursor] if order else None
        if self._cursor != old:
            self._refresh_line(old - self.top + 1)
            self._refresh_line(self._cursor - self.top + 1)
        if row_id != self._cursor_id:
            self._cursor_id = row_id
            self.post_message(message.CursorMoved(self._whole, row_id))

    @property
    def _in_sight(self) -> bool:
        return self.top <= self._cursor < self.top + self.page

    def _keep_in_sight(self) -> None:
        """Go with the cursor's object, unless the operator chose none or scrolled away from it."""
        if self._chosen and not self._left_behind:
            self._reveal()

    def _reveal(self) -> None:
        """Scroll as little as it takes to see the cursor."""
        self._left_behind = False
        top, page = self.top, self.page
        if self._cursor < top:
            wanted = self._cursor
        elif page and self._cursor >= top + page:
            wanted = self._cursor - page + 1
        else:
            return
        self.scroll_to(y=wanted, animate=False, force=True)

    def sort_by(self, sort: str) -> None:
        """Sort at once: a key, `-key` for largest first, `WORST`, or empty. Raises `KeyError`."""
        self.data.set_sort(sort)
        self._arrange()
        self.refresh()
        self._changed()

    def set_filter(self, text: str) -> None:
        """Show only rows that pass; raises `FilterError` and changes nothing for nonsense."""
        self.data.set_filter(text)
        if self._cursor_id is not None and not self.data.passes(self._cursor_id):
            self._cursor_id, self._cursor, self._chosen = None, 0, False
        self._arrange()
        self.refresh()
        self._changed()

    # -- holding still ----------------------------------------------------------------------

    @property
    def paused(self) -> bool:
        """While true nothing changes on screen; what is put is kept and shown afterwards."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        if paused == self._paused:
            return
        self._paused = paused
        if not paused:
            rows, gone, whole = self._held_rows, self._held_gone, self._held_whole
            self._held_rows, self._held_gone, self._held_whole = {}, set(), False
            self.put(rows, gone=gone)
            if whole and not self.data.sort:
                known = self.data.rows.keys()
                self.data.relist([*rows, *(row_id for row_id in known if row_id not in rows)])
            held, self._held_adornments = self._held_adornments, Adornments()
            self._adorn(held)
            self._arrange()
        self._changed()

    def freeze(self) -> None:
        """Keep rows where they are while a dialog is open; values go on. May be nested."""
        self._frozen += 1

    def thaw(self) -> None:
        """End one `freeze`; after the last one the order is made anew."""
        self._frozen = max(0, self._frozen - 1)
        if not self._frozen:
            departed, self._departed = self._departed, set()
            self._merge({}, departed)
            self._arrange()

    @property
    def _whole(self) -> "LiveTable":
        """The table as those who get its messages know it."""
        return cast("LiveTable", self)

    def _changed(self) -> None:
        self.post_message(message.Changed(self._whole))
