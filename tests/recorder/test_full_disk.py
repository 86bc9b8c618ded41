"""A full disk stops the recording, which says so and goes on when there is room; nothing waits."""

import os
import resource
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.recorder.writer import RETRY_S
from tests.recorder.scene import START, Deck, journal_of, vitals


@pytest.fixture
def small(tmp_path: Path) -> Generator[Path, None, None]:
    """A file system of one megabyte."""
    if os.geteuid():
        pytest.skip("root mounts a small file system")
    where = tmp_path / "small"
    where.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", str(where))
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mount is not permitted here")
    try:
        yield where
    finally:
        subprocess.run(("umount", "-l", str(where)), check=True)


def _fill(path: Path) -> None:
    """Write until there is no room."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        with pytest.raises(OSError, match="No space"):
            _write_for_ever(descriptor)
    finally:
        os.close(descriptor)


def _write_for_ever(descriptor: int) -> None:
    while True:
        os.write(descriptor, bytes(512))


@pytest.mark.root
def test_a_full_disk(small: Path) -> None:
    deck = Deck(small / "r")
    deck.run(350, lambda n: deck.tell(vitals(float(n))))
    before = len(list(deck.archive().between(0, START + 10**6)))
    filler = small / "filler"
    _fill(filler)
    deck.run(400, lambda n: deck.tell(vitals(float(n), os=Clean("x" * 200 + str(n)))))
    state = deck.recorder.state()
    assert state.state == "stopped"
    assert "No space left" in state.trouble or "full" in state.trouble
    assert state.dropped > 100
    assert len(list(deck.archive().between(0, START + 10**6))) >= before
    filler.unlink()
    deck.clock += RETRY_S
    deck.wall += RETRY_S
    after = deck.tell(vitals(99.0))
    deck.recorder.turn()
    assert deck.recorder.state().state == "recording"
    assert deck.archive().at(deck.wall)[0] == after
    deck.chunk()
    assert len(list(deck.archive().between(0, START + 10**6))) > before
    deck.end()


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.run(20, lambda n: deck.tell(vitals(float(n))))
    size = journal_of(tmp_path)[-1].stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, before[1]))
    try:
        deck.run(20, lambda n: deck.tell(vitals(float(n))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    state = deck.recorder.state()
    assert state.state == "stopped"
    assert state.dropped >= 9
    assert "too large" in state.trouble
    deck.clock += RETRY_S
    deck.run(20, lambda n: deck.tell(vitals(float(n))))
    found = list(deck.archive().between(0, START + 1000))
    assert len(found) + state.dropped == 30
    assert deck.recorder.state().state == "recording"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    deck = Deck(tmp_path / "file" / "r")
    deck.tell(vitals())
    deck.recorder.turn()
    assert deck.recorder.state().state == "stopped"
    assert deck.recorder.state().dropped == 1


def test_a_folder_that_others_can_write_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    deck = Deck(tmp_path)
    deck.recorder.turn()
    assert "chmod 700" in deck.recorder.state().trouble
