"""From a row to what belongs to it, or to what it belongs to, and back again."""

from typing import NamedTuple

from screens.shell.pane.table import TableBody
from screens.shell.target import TargetView

DEPTH = 50
"""Steps that are gone back."""


class Step(NamedTuple):
    """Where one was, and where that led."""

    target: str
    origin: str
    """Name of the pane one was in."""
    before: str
    """Filter of the pane it led to, before that."""
    pane: str
    narrowed: str


class Drills:
    """The way one went down in the panes of a kind of target."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def go(self, view: TargetView, *, up: bool) -> bool:
        """Follow the row under the cursor; whether it leads anywhere."""
        body = view.current.body
        if not isinstance(body, TableBody) or body.cursor_id is None:
            return False
        keys = [column.key for column in body.data.columns]
        row = dict(zip(keys, body.row(body.cursor_id) or (), strict=False))
        for one in view.face.drills:
            if one.probe != body.probe or one.up != up:
                continue
            text, subject = one.narrow(row), one.subject(row)
            if text or subject:
                self._follow(view, one.pane, text, subject)
                return True
        return False

    def _follow(self, view: TargetView, name: str, text: str, subject: str) -> None:
        origin = view.current.name_on_board
        pane = view.panes[name]
        table = pane.table
        if table is None:
            return
        self._steps.append(Step(view.target, origin, table.filter_text, name, text))
        del self._steps[:-DEPTH]
        view.focus_pane(name)
        if subject:
            view.choose(name, subject)
        table.set_filter(text)
        pane.set_filter(table.filter_text)

    def back(self, view: TargetView) -> bool:
        """Go back to where the filter that stands was made; whether one came that way."""
        table = view.current.table
        if not self._steps or table is None:
            return False
        last = self._steps[-1]
        here = view.target, view.current.name_on_board, table.filter_text
        if here != (last.target, last.pane, last.narrowed):
            return False
        self._steps.pop()
        table.set_filter(last.before)
        view.current.set_filter(table.filter_text)
        view.focus_pane(last.origin)
        return True
