"""SQLite's connection by another name for what it does."""

import sqlite3
from collections.abc import Sequence


class Database(sqlite3.Connection):
    """A connection whose questions are asked, not executed: that word is the executor's alone."""

    def ask(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Run one statement; raises `sqlite3.Error`."""
        return super().execute(sql, tuple(values))
