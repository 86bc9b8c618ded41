"""Readers beside a writer, and a second writer that stands back."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from opsconsole.ports import Recording
from opsconsole.recorder import Archive, FlightRecorder, writer
from opsconsole.recorder.writer import LONGEST_QUEUE, RETRY_S
from tests.recorder.scene import PROBES, START, VITALS, Deck, vitals


def test_a_reader_sees_what_another_process_writes(tmp_path: Path) -> None:
    """While its journals become chunks all the time."""
    where = tmp_path / "r"
    argv = [sys.executable, "-m", "tests.recorder.child", str(where), "0"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        try:
            archive: Archive | None = None
            for _ in range(60):
                last = int(child.stdout.readline())
                archive = archive or Archive(where, PROBES)
                found = [int(one.at - START) for one in archive.between(START - 1, START + last)]
                assert found == list(range(last + 1))
                sample = archive.at(START + last)[0]
                assert sample.rows == [vitals(float(last))]
        finally:
            os.kill(child.pid, signal.SIGKILL)


def test_a_second_recorder_stands_back_until_the_first_ends(tmp_path: Path) -> None:
    first = Deck(tmp_path)
    first.tell(vitals(1.0))
    first.recorder.turn()
    second = Deck(tmp_path, wall=START + 10)
    second.tell(vitals(2.0))
    second.recorder.turn()
    state = second.recorder.state()
    assert (state.state, state.dropped) == ("shared", 1)
    assert state.trouble == "another collector records this estate"
    first.end()
    second.clock += RETRY_S
    sample = second.tell(vitals(3.0))
    second.recorder.turn()
    assert second.recorder.state().state == "recording"
    assert second.recorder.state().trouble == ""
    assert second.archive().at(START + 10)[0] == sample


def test_more_than_the_thread_can_write_is_dropped_and_counted(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    sample = deck.tell(vitals())
    batch = [sample] * 50_000
    for _ in range(10):
        deck.recorder.take(batch)
    assert deck.recorder.state().dropped == 300_000
    assert deck.recorder._waiting <= LONGEST_QUEUE + len(batch) + 1


def test_what_has_no_time_is_left_out(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    for at in (float("nan"), float("inf"), -5.0, 1e300):
        deck.wall = at
        deck.tell(vitals())
    deck.wall = START
    deck.tell(vitals())
    deck.chunk()
    assert [one.at for one in deck.archive().between(0, 1e12)] == [START]


def test_the_state_is_told(tmp_path: Path) -> None:
    heard: list[Recording] = []
    recorder = FlightRecorder(tmp_path, PROBES, told=heard.append)
    recorder.start()
    recorder.close(20.0)
    assert heard[0].state == "recording"
    assert heard[0].bytes > 0
    assert heard[0].folder == str(tmp_path)


def test_only_one_pair_is_asked_for(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    for target in ("a", "b", "c"):
        deck.tell(vitals(), target=target)
    deck.recorder.turn()
    archive = deck.archive()
    wanted = [(VITALS.id, "b"), (VITALS.id, "nobody")]
    assert [one.target for one in archive.at(START, wanted)] == ["b"]
    assert [one.target for one in archive.between(0, START, wanted)] == ["b"]
    assert writer.WRITE_S <= 2.0
