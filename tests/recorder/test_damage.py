"""A damaged recording says so, or shows what is intact; it never crashes nor hangs."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from opsconsole.errors import Unrecorded
from opsconsole.recorder import Archive
from opsconsole.recorder.chunk import OpenChunk, chunks_of
from opsconsole.recorder.folder import DATABASE
from opsconsole.recorder.journal import Raw, Shape
from tests.recorder.scene import PROBES, START, VITALS, Deck, disk, journal_of, vitals


def _recording(where: Path) -> None:
    deck = Deck(where)
    deck.run(700, lambda n: (deck.tell(vitals(float(n))), deck.tell(disk("/"), probe="test.disk")))
    tape = deck.recorder._tape
    assert tape is not None
    tape._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    deck.end()


def _ask_all(where: Path) -> int:
    """Every question once; how many samples were found."""
    archive = Archive(where, PROBES)
    found = len(list(archive.between(0, START + 10**6)))
    archive.at(START + 100)
    archive.series(VITALS.id, "web-1", (), "cpu_percent", START, START + 700, 50)
    archive.series(VITALS.id, "web-1", (), "cpu_percent", START, START + 10**6, 50)
    archive.occurrences(0, START + 10**6)
    for at in (START, START + 300, START + 10**6):
        archive.alerts(at)
    list(archive.alerts_between(START, START + 10**6))
    assert archive.span is not None
    archive.pairs()
    archive.targets()
    archive.totals()
    archive.close()
    return found


def _flip(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _noise(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(64) + data[at + 64 :]


@pytest.mark.parametrize("harm", [_flip, _cut, _noise])
@pytest.mark.parametrize("name", [DATABASE, "journal"])
def test_any_damage(
    tmp_path: Path, name: str, harm: Callable[[bytes, random.Random], bytes]
) -> None:
    _recording(tmp_path)
    whole = _ask_all(tmp_path)
    path = tmp_path / name if name == DATABASE else journal_of(tmp_path)[-1]
    data = path.read_bytes()
    rng = random.Random(7)
    some = 0
    for _ in range(60):
        path.write_bytes(harm(data, rng))
        try:
            found = _ask_all(tmp_path)
        except Unrecorded:
            continue
        except AssertionError:  # nothing is left
            continue
        some += 1
        assert found <= whole
    path.write_bytes(data)
    assert _ask_all(tmp_path) == whole
    assert some, "nothing was ever readable"


def test_every_byte_of_a_chunk_is_checked() -> None:
    shape = Shape(("a", "b"), ())
    raws = [Raw(START + n, [[float(n), "x"]], None, 2.0) for n in range(20)]
    body = next(chunks_of(raws, shape)).body
    for at in range(len(body)):
        with pytest.raises(ValueError):
            OpenChunk(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :], shape)
        with pytest.raises(ValueError):
            OpenChunk(body[:at], shape)


def test_a_chunk_that_is_spoiled_hides_no_other(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.run(1000, lambda n: deck.tell(vitals(float(n))))
    deck.chunk()
    tape = deck.recorder._tape
    assert tape is not None
    tape._db.execute("UPDATE chunk SET body = zeroblob(300) WHERE id = 2")
    archive = deck.archive()
    found = list(archive.between(0, START + 2000))
    assert 300 < len(found) < 500
    assert archive.spoiled == 1


def test_what_is_no_recording(tmp_path: Path) -> None:
    for data in (b"", b"hello", b"SQLite format 3\0" + bytes(200), bytes(5000)):
        path = tmp_path / "file"
        path.write_bytes(data)
        with pytest.raises(Unrecorded):
            Archive(path, PROBES)
    with pytest.raises(Unrecorded, match="nothing is recorded there"):
        Archive(tmp_path, PROBES)
    with pytest.raises(Unrecorded, match="no recording there"):
        Archive(tmp_path / "absent", PROBES)


def test_a_writer_does_not_write_into_what_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    path.write_bytes(b"a letter to my aunt" * 100)
    deck = Deck(tmp_path)
    deck.tell(vitals())
    deck.recorder.turn()
    state = deck.recorder.state()
    assert (state.state, state.dropped) == ("stopped", 1)
    assert state.trouble
    assert path.read_bytes() == b"a letter to my aunt" * 100
