"""What a database says of all that is in it: read anew only after somebody wrote there."""

from opsconsole.recorder import base, query
from opsconsole.recorder.chunk import SPAN
from opsconsole.recorder.database import Database
from opsconsole.recorder.journal import Shape


class Catalogue:
    """Pairs and shapes by number, and how far journals have become chunks."""

    def __init__(self) -> None:
        self.pairs: dict[tuple[str, str], int] = {}
        self.shapes: dict[int, Shape] = {}
        self.reaches: dict[int, float] = {}
        self.done = 0
        """Number of the last journal that is in it."""
        self.version: int | None = None
        """Another one after each time that somebody wrote there."""

    def read(self, db: Database) -> None:
        """Take in what is new; within a transaction it is what that one sees."""
        version = db.ask("PRAGMA data_version").fetchone()[0]
        if version == self.version:
            return
        self.pairs, self.shapes = query.pairs(db), query.shapes(db)
        self.reaches = query.reaches(db)
        self.done = int(base.meta(db, "journal") or 0)
        self.version = version

    def reach(self, pair: int) -> float:
        """Seconds that a chunk of a pair spans at most."""
        return self.reaches.get(pair, SPAN)
