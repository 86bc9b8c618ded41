"""Courses of one column of one row, out of chunks and out of journals."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable

from opsconsole.model import Row, Value
from opsconsole.recorder.chunk import OpenChunk
from opsconsole.recorder.journal import JournalReader
from opsconsole.recorder.query import Stored
from opsconsole.recorder.stretch import Course, course_of

MOST_VALUES = 150_000
"""Values that are kept, of about 60 bytes: some dozen plots of an hour."""


class Courses:
    """Courses out of chunks; those that were asked lately are not taken apart again."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._known: OrderedDict[tuple[int, Row, str], Course] = OrderedDict()
        self._values = 0

    def of(
        self, stored: Stored, key: Row, column: str, since: float, until: float, version: int | None
    ) -> Course:
        """What a chunk holds after one moment and up to another; raises as `OpenChunk` does.

        What was kept counts for one version of the database: later ones may use numbers again.
        """
        if version != self._version:
            self._known.clear()
            self._version, self._values = version, 0
        name = (stored.id, key, column)
        whole = self._known.pop(name, None)
        if whole is None:
            whole = course_of(
                *OpenChunk(stored.body, stored.shape, whole=False).course(key, column)
            )
            self._values += len(whole.times)
        self._known[name] = whole
        while self._values > MOST_VALUES:
            self._values -= len(self._known.popitem(last=False)[1].times)
        return _within(whole, since, until)


def _within(course: Course, since: float, until: float) -> Course:
    times, means = course.times, course.means
    if not times or (times[0] > since and times[-1] <= until):
        return course
    first, last = bisect_right(times, since), bisect_right(times, until)
    values = means[first:last]
    return Course(times[first:last], values, values, values, ())


def of_journals(
    readers: Iterable[JournalReader],
    pair: tuple[str, str],
    key: Row,
    column: str,
    since: float,
    until: float,
) -> list[Course]:
    """What each journal holds."""
    found: list[Course] = []
    for reader in readers:
        shape = reader.index.shapes.get(pair)
        if shape is None or column not in shape.columns:
            continue
        at = shape.columns.index(column)
        names = [shape.columns.index(name) for name in shape.key]
        cells: list[tuple[float, Value]] = []
        for place in reader.index.samples.get(pair, ()):
            if since < place[0] <= until and (raw := reader.raw(place[1], place[2])):
                rows = [row for row in raw.rows or () if len(row) == len(shape.columns)]
                mine = [row[at] for row in rows if tuple(row[i] for i in names) == key]
                cells += [(place[0], cell) for cell in mine[:1]]
        cells.sort(key=lambda cell: cell[0])
        found.append(course_of([when for when, _ in cells], [cell for _, cell in cells]))
    return found
