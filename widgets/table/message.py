"""What a live table tells: what the operator did, and what became of what they look at."""

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from widgets.table.keys import LiveTable


class TableMessage(Message, namespace="live_table"):
    """Comes from a live table."""

    def __init__(self, table: "LiveTable") -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> "LiveTable":
        """The table, for `@on(…, "#id")`."""
        return self.table


class Opened(TableMessage, namespace="live_table"):
    """Enter or a double click on a row."""

    def __init__(self, table: "LiveTable", row_id: str) -> None:
        super().__init__(table)
        self.row_id = row_id


class CursorMoved(TableMessage, namespace="live_table"):
    """The cursor is on another object, or on none."""

    def __init__(self, table: "LiveTable", row_id: str | None) -> None:
        super().__init__(table)
        self.row_id = row_id


class CursorGone(TableMessage, namespace="live_table"):
    """The object under the cursor is not in the list any more; the cursor is on nothing now."""

    def __init__(self, table: "LiveTable", row_id: str) -> None:
        super().__init__(table)
        self.row_id = row_id


class Changed(TableMessage, namespace="live_table"):
    """Something that stands in a title changed: counts, marks, filter, sort, pause."""


class SortRequested(TableMessage, namespace="live_table"):
    """The operator wants to choose what to sort by."""


class ColumnsRequested(TableMessage, namespace="live_table"):
    """The operator wants to choose columns."""
