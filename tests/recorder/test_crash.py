"""A recorder that is killed at any moment: the recording opens, and little is missing."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from opsconsole.recorder import Archive, base
from opsconsole.recorder.chunk import SPAN
from opsconsole.recorder.folder import DATABASE
from tests.recorder.scene import PROBES, START, VITALS, Deck, journal_of, vitals

ROUNDS = 12


def test_killed_in_a_loop_at_random_moments(tmp_path: Path) -> None:
    where = tmp_path / "r"
    rng = random.Random(4)
    said: list[int] = []
    for turn in range(ROUNDS):
        argv = [sys.executable, "-m", "tests.recorder.child", str(where), str(turn)]
        with subprocess.Popen(argv, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            said += [int(child.stdout.readline()) for _ in range(rng.randint(2, 40))]
            time.sleep(rng.random() * 0.02)
            os.kill(child.pid, signal.SIGKILL)
            rest = child.stdout.read().splitlines(keepends=True)
            said += [int(line) for line in rest if line.endswith(b"\n")]
        archive = Archive(where, PROBES)
        found = {int(one.at - START) for one in archive.between(0, START + 10**6)}
        known = [archive.alerts(START + number) for number in said]
        values = [one.alerts[0].value for one in known if one is not None]
        assert values == [float(number) for number in said]
        archive.close()
        assert set(said) <= found, sorted(set(said) - found)[:5]
    assert len(said) > 3 * ROUNDS
    archive = Archive(where, PROBES)
    assert archive.spoiled == 0
    assert archive.totals().chunks > 0, "no kill came after chunks were made"
    archive.close()
    with closing(base.make(where / DATABASE)) as db:
        merged = db.ask("SELECT count(*) FROM chunk WHERE until - since > ?", (SPAN,)).fetchone()
    assert merged[0] > 0, "no kill came after chunks were merged"


def test_a_torn_end_is_dropped_and_told(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.run(20, lambda n: deck.tell(vitals(float(n))))
    deck.end()
    path = journal_of(tmp_path)[-1]
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    deck.begin()
    deck.recorder.turn()
    assert "cut off by a crash" in deck.recorder.state().trouble
    found = list(deck.archive().between(0, START + 100))
    assert [sample.rows for sample in found] == [[vitals(float(n))] for n in range(9)]


def test_chunks_that_were_made_are_not_made_again(tmp_path: Path) -> None:
    """Killed between the database's commit and the journal's end."""
    deck = Deck(tmp_path)
    deck.run(20, lambda n: deck.tell(vitals(float(n))))
    kept = {path: path.read_bytes() for path in journal_of(tmp_path)}
    deck.chunk()
    deck.end()
    for path, data in kept.items():
        assert not path.exists()
        path.write_bytes(data)
    assert len(list(deck.archive().between(0, START + 100))) == 10
    deck.begin()
    deck.recorder.turn()
    assert len(list(deck.archive().between(0, START + 100))) == 10
    assert not set(kept) & set(journal_of(tmp_path))


def test_what_waits_is_written_at_the_end(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.recorder.start()
    deck.tell(vitals())
    deck.recorder.close(20.0)
    assert [one.probe for one in deck.archive().at(START)] == [VITALS.id]


def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    deck = Deck(tmp_path / "r")
    deck.tell(vitals())
    deck.chunk()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "r").iterdir()}
    assert set(modes.values()) == {0o600}
    assert (tmp_path / "r").stat().st_mode & 0o777 == 0o700
