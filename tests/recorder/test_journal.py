"""A journal is read a frame at a time: who reads it holds where things stand, not what."""

import os
import tracemalloc
from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.model import Row, Sample
from opsconsole.recorder.journal import JournalReader, JournalWriter, shapes_of
from tests.recorder.scene import DISKS, PROBES, START, Deck, disk, journal_of

FRAMES = 64
ROWS = 1000


def _stock(number: int) -> list[Row]:
    """An answer of 50 KB."""
    return [(Clean(f"/mount/of/frame/{number}/{n:020d}"), float(n), 1.0) for n in range(ROWS)]


def _write(path: Path) -> JournalWriter:
    writer = JournalWriter(path, shapes_of(PROBES))
    for number in range(FRAMES):
        at = START + number
        writer.write([Sample(DISKS.id, f"web-{number % 8}", at, _stock(number), None, 2.0)], [])
    return writer


def test_the_whole_is_never_in_memory(tmp_path: Path) -> None:
    writer = _write(tmp_path / "journal")
    tracemalloc.start()
    try:
        reader = JournalReader(writer.path).read()
        for places in reader.index.samples.values():
            for _, at, length in places:
                raw = reader.raw(at, length)
                assert raw is not None
                assert raw.rows is not None
                assert len(raw.rows) == ROWS
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(map(len, reader.index.samples.values())) == FRAMES
    assert len({id(shape) for shape in reader.index.shapes.values()}) == 1
    one = writer.size // FRAMES
    assert writer.size > 3_000_000
    assert peak < 10 * one
    reader.close()
    writer.close()


def test_what_is_written_later_is_read_later_and_after_the_file_is_gone(tmp_path: Path) -> None:
    writer = _write(tmp_path / "journal")
    reader = JournalReader(writer.path).read()
    writer.write([Sample(DISKS.id, "web-0", START + 99, [disk("/")], None, 2.0)], [])
    assert len(reader.index.samples[DISKS.id, "web-0"]) == FRAMES // 8
    *_, (at, start, length) = reader.read().index.samples[DISKS.id, "web-0"]
    writer.path.unlink()
    raw = reader.raw(start, length)
    assert raw is not None
    assert (at, raw.rows) == (START + 99, [list(disk("/"))])
    with pytest.raises(FileNotFoundError):
        reader.read()
    reader.close()
    reader.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        reader.raw(start, length)
    writer.close()


def test_files_are_let_go_with_what_became_chunks(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.run(20, lambda n: deck.tell(disk("/", float(n)), probe=DISKS.id))
    archive = deck.archive()
    assert archive.span is not None
    [path] = journal_of(tmp_path)
    inode = path.stat().st_ino
    assert inode in _open_files(tmp_path)
    deck.chunk()
    assert archive.span is not None
    assert inode not in _open_files(tmp_path)
    archive.close()
    deck.end()
    assert not _open_files(tmp_path)


def _open_files(where: Path) -> set[int]:
    """Inodes of journals in a folder that this process has open to read."""
    device = where.stat().st_dev
    found: set[int] = set()
    for path in Path("/dev/fd").iterdir():
        try:
            status = os.fstat(int(path.name))
            mark = os.pread(int(path.name), 4, 0)
        except OSError:  # of the listing itself, or no file
            continue
        if status.st_dev == device and mark == b"opsj":
            found.add(status.st_ino)
    return found
