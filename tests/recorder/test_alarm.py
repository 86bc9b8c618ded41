"""Alerts are kept as they were told, and found again at any moment."""

import math
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from opsconsole.alert import Acknowledgement, Alert, Alerts, Phase, Silence
from opsconsole.clean import Clean
from opsconsole.recorder import Archive, Bounds, export, writer
from opsconsole.recorder.alarm import Standing, Told, encode, pack
from opsconsole.recorder.folder import DATABASE
from opsconsole.rules.state import Course
from tests.recorder.scene import PROBES, START, Deck, alert, vitals

TAKEN = Acknowledgement(Clean("bob"), START + 20, 0.0, Clean("on it"))
QUIET = Silence("s1", "target:web*", Clean("ann"), START + 30, START + 90, Clean("new disks"))


def _told(deck: Deck, *alerts: Alert, whole: bool = False) -> None:
    deck.recorder.alert(Alerts([*alerts], whole))


def _night(deck: Deck) -> None:
    """Something every ten seconds: one opens, one changes, is taken on, silenced, and over."""
    steps = (
        Alerts([], whole=True, silences=[]),
        Alerts([alert("a")], whole=False),
        Alerts([alert("a", acknowledged=TAKEN), alert("b", 91.0)], whole=False),
        Alerts([alert("b", 91.0, silenced="s1")], whole=False, silences=[QUIET]),
        Alerts([alert("b", 92.0, silenced="s1", course=(91.0, 92.0))], whole=False),
        Alerts([alert("a", phase=Phase.RESOLVED, changed=START + 50)], whole=False),
    )
    for step in steps:
        deck.recorder.alert(step)
        deck.tell(vitals())
        deck.recorder.turn()
        deck.wall += 10
        deck.clock += 10


def _at(archive: Archive, seconds: float) -> dict[str, Alert]:
    found = archive.alerts(START + seconds)
    assert found is not None
    assert found.whole
    return {one.id: one for one in found.alerts}


def _check_night(archive: Archive) -> None:
    assert archive.alerts(START - 1) is None, "nobody had told of any"
    assert _at(archive, 5) == {}
    assert _at(archive, 15) == {"a": alert("a")}
    assert _at(archive, 25) == {"a": alert("a", acknowledged=TAKEN), "b": alert("b", 91.0)}
    assert _at(archive, 35)["b"].silenced == "s1"
    for seconds, known in ((25, []), (35, [QUIET])):
        found = archive.alerts(START + seconds)
        assert found is not None
        assert found.silences == known
    assert _at(archive, 45)["b"] == alert("b", 92.0, silenced="s1", course=(91.0, 92.0))
    assert _at(archive, 55)["a"].phase is Phase.RESOLVED
    assert "b" in _at(archive, 5000)
    assert "a" not in _at(archive, 5000), "over for more than an hour"


def test_each_moment_from_the_journal_and_from_what_becomes_of_it(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    _night(deck)
    _check_night(deck.archive())
    deck.chunk()
    _check_night(deck.archive())
    assert not deck.archive().waiting()[0]
    deck.end()
    deck.begin().turn()
    _check_night(deck.archive())


def test_a_course_is_told_by_its_end(tmp_path: Path) -> None:
    """A value that changes each five seconds: few bytes a change, the whole course at the end."""
    deck = Deck(tmp_path)
    _told(deck, whole=True)
    values = [90.0 + number % 7 / 3 for number in range(240)]
    course = Course()
    courses: list[tuple[float, ...]] = []

    def each(number: int) -> None:
        deck.tell(vitals())
        course.add(deck.wall, values[number] - 1.0)
        course.add(deck.wall + 2.0, values[number])
        courses.append(tuple(course.values))
        _told(deck, alert("a", values[number], course=courses[-1]))

    deck.run(1200, each, step=5.0)
    deck.chunk()
    for number in (0, 7, 20, 80, 239):
        found = _at(deck.archive(), 5.0 * number)["a"]
        assert (found.value, found.course) == (values[number], courses[number])
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        rows, size = db.execute("SELECT count(*), sum(length(body)) FROM alarm").fetchone()
    assert rows == 4
    assert size / len(values) < 30


def test_what_stands_as_it_stood_is_not_stored_again(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    _told(deck, alert("a"), whole=True)
    deck.run(3 * 3600, lambda _: deck.tell(vitals()), step=60.0)
    deck.chunk()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        assert db.execute("SELECT count(*) FROM alarm").fetchone()[0] in (3, 4)
    for seconds in (0, 1000, 5000, 10_000):
        assert _at(deck.archive(), seconds) == {"a": alert("a")}


def test_each_stretch_stands_alone(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    _night(deck)
    deck.chunk()
    _told(deck, alert("c"))
    deck.chunk()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        db.execute("DELETE FROM alarm WHERE id < (SELECT max(id) FROM alarm)")
        db.commit()
    assert set(_at(deck.archive(), 70)) == {"a", "b", "c"}


def test_they_go_with_the_samples_but_for_what_stood_then(tmp_path: Path) -> None:
    deck = Deck(tmp_path, bounds=Bounds(seconds=3600.0))
    _told(deck, alert("a"), whole=True)

    def each(number: int) -> None:
        deck.tell(vitals())
        if number % 30 == 5:
            _told(deck, alert("a", 90.0 + number % 9, course=()))

    deck.run(4 * 3600, each, step=20.0)
    deck.chunk()
    archive = deck.archive()
    span = archive.span
    assert span is not None
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        oldest = db.execute("SELECT min(since) FROM chunk").fetchone()[0]
        before = db.execute("SELECT count(*) FROM alarm WHERE since < ?", (oldest,)).fetchone()[0]
        assert db.execute("SELECT count(*) FROM alarm").fetchone()[0] > 3
    assert oldest > START + 2 * 3600
    assert before <= 1
    assert set(_at(archive, oldest - START)) == {"a"}


def test_a_recording_of_an_earlier_version_opens_and_goes_on(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.tell(vitals())
    deck.chunk()
    deck.end()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        db.execute("DROP TABLE alarm")
        db.commit()
    archive = deck.archive()
    assert archive.alerts(START) is None
    assert list(archive.alerts_between(START, START + 1000)) == []
    assert len(archive.at(START)) == 1
    deck.wall += 1000
    deck.begin()
    _told(deck, alert("a"), whole=True)
    deck.recorder.turn()
    deck.chunk()
    assert archive.alerts(START) is None
    assert set(_at(archive, 1001)) == {"a"}


def test_what_was_told_while_it_could_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("in the way")
    deck = Deck(tmp_path / "r")
    _told(deck, alert("a"), whole=True)
    deck.recorder.turn()
    assert deck.recorder.state().state == "stopped"
    (tmp_path / "r").unlink()
    deck.clock += 60
    deck.wall += 60
    deck.tell(vitals())
    deck.recorder.turn()
    assert set(_at(deck.archive(), 60)) == {"a"}
    assert deck.archive().alerts(START + 59) is None


def test_more_than_can_wait_is_kept_for_what_it_comes_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "LONGEST_TALK", 3)
    deck = Deck(tmp_path)
    _told(deck, alert("gone"), whole=True)
    for number in range(10):
        deck.wall += 1
        _told(deck, alert(f"a{number}"))
    _told(deck, alert("gone", phase=Phase.RESOLVED, changed=deck.wall))
    assert len(deck.recorder._alerts) <= 3
    deck.recorder.turn()
    found = _at(deck.archive(), 10)
    assert set(found) == {"gone", *(f"a{number}" for number in range(10))}
    assert found["gone"].phase is Phase.RESOLVED


def test_one_that_somebody_else_made_is_as_harmless_as_a_target(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.tell(vitals())
    deck.chunk()
    deck.end()
    evil = Clean("\x1b]52;c;x\x07\u202e")
    ack = Acknowledgement(evil, START, 0.0, evil)
    bad = alert("bad", title=evil, why=evil, object=evil, key=(evil,), acknowledged=ack)
    bad = msgspec.structs.replace(bad, id=evil, remedies=(evil,), course=(1.0,) * 5000)
    never = [alert("n", since=math.nan), alert("i", changed=math.inf), alert("y", since=1e300)]
    quiet = Silence(evil, evil, evil, 0.0, 0.0, evil)
    told = Told(START, True, [bad, *never], [], [quiet, Silence("x", "", evil, 0, 1e300, evil)])
    with closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        query = "INSERT INTO alarm (since, until, body) VALUES (?, ?, ?)"
        db.execute(query, (START, START, pack([told])))
        db.commit()
    found = deck.archive().alerts(START + 1)
    assert found is not None
    assert [len(found.alerts), len(found.silences or ())] == [1, 1]
    assert len(found.alerts[0].course) == 40
    text = repr(msgspec.to_builtins(found))
    assert "\\x1b" not in text
    assert "\\u202e" not in text


def test_an_export_has_them_of_its_targets_and_time(tmp_path: Path) -> None:
    deck = Deck(tmp_path / "r")
    _night(deck)
    _told(deck, alert("elsewhere", target="db-1"))
    deck.chunk()
    deck.run(700, lambda number: _told(deck, alert("b", 90.0 + number)), step=100.0)
    file = tmp_path / "night.opsrec"
    export(deck.archive(), file, START + 25, START + 800, {"web-1"})
    archive = Archive(file, PROBES)
    assert archive.alerts(START + 24) is None
    for seconds in (25, 35, 45, 55, 65, 165, 365, 765):
        expected = _at(deck.archive(), seconds)
        expected.pop("elsewhere", None)
        assert _at(archive, seconds) == expected, seconds
    assert _at(archive, 765)["b"].value == 96.0


def test_a_change_of_more_than_the_value_is_told_whole() -> None:
    standing = Standing()
    standing.hear(START, Alerts([alert("a", course=(1.0, 2.0))], whole=True))
    short = standing.hear(START, Alerts([alert("a", 98.0, course=(1.0, 2.0, 3.0))], False))
    assert (len(short.alerts), [one.course for one in short.went]) == (0, [(3.0,)])
    again = standing.hear(START, Alerts([alert("a", 98.5, course=(1.0, 2.0, 3.0))], False))
    assert [one.course for one in again.went] == [()]
    jump = standing.hear(START, Alerts([alert("a", 98.5, course=(7.0, 8.0))], False))
    assert (len(jump.alerts), jump.went) == (1, [])
    taken = alert("a", 98.5, course=(7.0, 8.0), acknowledged=TAKEN)
    assert len(standing.hear(START, Alerts([taken], False)).alerts) == 1
    assert standing.whole(START).alerts == [taken]
    assert len(encode(short)) < len(encode(jump)) / 2
