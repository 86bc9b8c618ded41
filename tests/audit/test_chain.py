"""Every kind of tampering, at every place of a log of three files, is found and named there."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from opsconsole.audit import AuditLog, Finding, Kind, Verdict, Who, read, verify
from opsconsole.audit.record import seal

Copy = Callable[[], Path]


class Lines:
    """The lines of a log, to be changed and written back."""

    def __init__(self, folder: Path) -> None:
        paths = [*sorted(folder.glob("audit-*.jsonl")), folder / "audit.jsonl"]
        self.files = {path: path.read_bytes().splitlines(keepends=True) for path in paths}
        self.places = [
            (path, number) for path, lines in self.files.items() for number in range(len(lines))
        ]

    def at(self, position: int) -> tuple[list[bytes], int, str]:
        """The lines of the file of that position, its number there from 0, and the file's name."""
        path, number = self.places[position]
        return self.files[path], number, path.name

    def save(self) -> None:
        for path, lines in self.files.items():
            path.write_bytes(b"".join(lines))


@dataclass(frozen=True)
class Place:
    kind: Kind
    file: str
    line: int
    index: int


def _place(finding: Finding) -> Place:
    return Place(finding.kind, finding.file, finding.line, finding.index)


def _forged(line: bytes, index: int, prev: str, note: str = "another") -> bytes:
    """A record that is in order in itself, in the place of `line`."""
    was = json.loads(line)
    return seal(index, 0.0, was["kind"], Who(**was["who"]), {"note": note}, prev)[0]


@pytest.fixture(scope="session")
def count(original: Path) -> int:
    """How many records the log has."""
    return len(Lines(original).places)


def test_untouched(original: Path, count: int) -> None:
    verdict = verify(original)
    assert (verdict.findings, verdict.intact, verdict.files) == ([], True, 3)
    assert verdict.records == verdict.head.index == count >= 60


def test_any_changed_byte_is_named(copy: Copy, count: int) -> None:
    choose = random.Random(1)
    for position in range(count):
        lines = Lines(copy())
        file, number, name = lines.at(position)
        line = bytearray(file[number])
        at = choose.randrange(len(line) - 1)
        line[at] = choose.choice([byte for byte in range(32, 127) if byte != line[at]])
        file[number] = bytes(line)
        lines.save()
        [found] = verify(copy_folder(lines)).findings
        assert found.kind in {Kind.EDITED, Kind.UNREADABLE}
        assert (found.file, found.line, found.index) == (name, number + 1, position + 1)


def copy_folder(lines: Lines) -> Path:
    return next(iter(lines.files)).parent


def _verify_after(lines: Lines) -> Verdict:
    lines.save()
    return verify(copy_folder(lines))


def test_a_changed_word_is_named(copy: Copy, count: int) -> None:
    for position in range(count):
        lines = Lines(copy())
        file, number, name = lines.at(position)
        file[number] = file[number].replace(b'"user":"', b'"user":"x')
        verdict = _verify_after(lines)
        assert [_place(one) for one in verdict.findings] == [
            Place(Kind.EDITED, name, number + 1, position + 1)
        ]


def test_a_removed_line_is_named(copy: Copy, count: int) -> None:
    for position in range(count - 1):
        lines = Lines(copy())
        file, number, name = lines.at(position)
        follows = Lines(copy()).at(position + 1)
        del file[number]
        expected = (name, number + 1) if follows[2] == name else (follows[2], 1)
        verdict = _verify_after(lines)
        assert [_place(one) for one in verdict.findings] == [
            Place(Kind.REMOVED, *expected, position + 1)
        ]


def test_removed_last_lines_are_named(copy: Copy) -> None:
    whole = Lines(copy())
    path = next(path for path in whole.files if path.name == "audit.jsonl")
    total = len(whole.places)
    for kept in range(len(whole.files[path])):
        lines = Lines(copy())
        gone = len(lines.files[path]) - kept
        del lines.files[path][kept:]
        verdict = _verify_after(lines)
        [found] = verdict.findings
        assert (found.kind, found.index) == (Kind.REMOVED, total - gone + 1)
        assert str(total) in found.message


def test_a_removed_file_is_named(copy: Copy) -> None:
    for nth in range(3):
        lines = Lines(copy())
        path = list(lines.files)[nth]
        first = 1 + sum(len(some) for some in list(lines.files.values())[:nth])
        last = first + len(lines.files[path]) - 1
        path.unlink()
        [found] = verify(copy_folder(lines)).findings
        assert (found.kind, found.index) == (Kind.REMOVED, first)
        assert f"records {first} to {last} are missing" in found.message


def test_swapped_neighbours_are_named(copy: Copy, count: int) -> None:
    for position in range(count - 1):
        lines = Lines(copy())
        one, at_one, _ = lines.at(position)
        two, at_two, name = lines.at(position + 1)
        one[at_one], two[at_two] = two[at_two], one[at_one]
        verdict = _verify_after(lines)
        assert [_place(found) for found in verdict.findings] == [
            Place(Kind.REORDERED, name, at_two + 1, position + 1)
        ]


def test_a_copied_line_is_named(copy: Copy, count: int) -> None:
    choose = random.Random(2)
    for position in range(count):
        lines = Lines(copy())
        source, number, _ = lines.at(position)
        file, behind, name = lines.at(choose.randrange(position, count))
        file.insert(behind + 1, source[number])
        verdict = _verify_after(lines)
        assert [_place(found) for found in verdict.findings] == [
            Place(Kind.INSERTED, name, behind + 2, position + 1)
        ]


def test_a_record_replaced_by_one_in_order_in_itself_is_named(copy: Copy, count: int) -> None:
    for position in range(count):
        lines = Lines(copy())
        file, number, name = lines.at(position)
        prev = json.loads(file[number])["prev"]
        file[number] = _forged(file[number], position + 1, prev)
        verdict = _verify_after(lines)
        assert [_place(found) for found in verdict.findings] == [
            Place(Kind.EDITED, name, number + 1, position + 1)
        ]


def test_a_forged_record_put_between_is_named(copy: Copy, count: int) -> None:
    for position in range(count - 1):
        lines = Lines(copy())
        file, number, name = lines.at(position)
        was = json.loads(file[number])
        file.insert(number + 1, _forged(file[number], position + 2, was["hash"]))
        verdict = _verify_after(lines)
        assert [_place(found) for found in verdict.findings] == [
            Place(Kind.INSERTED, name, number + 2, position + 2)
        ]


def test_a_file_cut_anywhere_is_named(copy: Copy, count: int) -> None:
    choose = random.Random(3)
    for position in range(count):
        lines = Lines(copy())
        file, number, name = lines.at(position)
        torn = file[number][: choose.randrange(len(file[number]))]
        last = name == "audit.jsonl"
        file[number:] = [torn] if torn else []
        verdict = _verify_after(lines)
        assert not verdict.intact
        grave = [found for found in verdict.findings if found.kind is not Kind.TORN]
        assert grave[0].index == position + 1
        if torn:
            assert (verdict.findings[0].file, verdict.findings[0].line) == (name, number + 1)
            assert (verdict.findings[0].kind is Kind.TORN) == last


def test_garbage_between_lines_is_named_and_hides_nothing(copy: Copy, count: int) -> None:
    for position in range(0, count, 7):
        lines = Lines(copy())
        file, number, name = lines.at(position)
        file.insert(number, b'\x00\xff{"index":\n')
        file[number + 1] = file[number + 1].replace(b'"user"', b'"user" ')
        verdict = _verify_after(lines)
        assert [(found.file, found.line) for found in verdict.findings] == [
            (name, number + 1),
            (name, number + 2),
        ]


def test_two_records_that_became_one_line(copy: Copy) -> None:
    lines = Lines(copy())
    file, number, name = lines.at(5)
    file[number] = file[number].replace(b"\n", b" ")
    verdict = _verify_after(lines)
    assert _place(verdict.findings[0]) == Place(Kind.UNREADABLE, name, number + 1, 6)
    assert Place(Kind.REMOVED, name, number + 2, 7) in map(_place, verdict.findings)


def test_a_log_written_anew_is_known_by_a_head_noted_elsewhere(copy: Copy, tmp_path: Path) -> None:
    noted = verify(copy()).head.hash
    AuditLog(tmp_path / "anew").append("note", {})
    assert verify(tmp_path / "anew").intact
    [found] = verify(tmp_path / "anew", noted).findings
    assert (found.kind, noted in found.message) == (Kind.UNKNOWN_HEAD, True)


def test_a_head_noted_earlier_is_still_there(copy: Copy) -> None:
    folder = copy()
    noted = verify(folder).head
    AuditLog(folder).append("note", {})
    verdict = verify(folder, noted.hash)
    assert verdict.intact
    assert verdict.head.index == noted.index + 1


@pytest.mark.parametrize("anchor", [b"", b"{}", b"[" * 100_000, b'{"index":"x","hash":1}', b"\xff"])
def test_a_damaged_anchor_is_named(copy: Copy, anchor: bytes) -> None:
    folder = copy()
    (folder / "audit.head").write_bytes(anchor)
    [found] = verify(folder).findings
    assert (found.kind, found.file) == (Kind.UNREADABLE, "audit.head")


def test_a_removed_anchor_is_named(copy: Copy) -> None:
    folder = copy()
    (folder / "audit.head").unlink()
    [found] = verify(folder).findings
    assert (found.kind, found.file) == (Kind.REMOVED, "audit.head")


def test_an_anchor_that_lags_is_no_tampering(copy: Copy) -> None:
    folder = copy()
    old = (folder / "audit.head").read_bytes()
    AuditLog(folder).append("note", {})
    (folder / "audit.head").write_bytes(old)
    verdict = verify(folder)
    assert [found.kind for found in verdict.findings] == [Kind.LAGGING]
    assert verdict.intact


@pytest.mark.parametrize("line", [b"[" * 200_000, b"9" * 5_000, b'{"index":1e999}', b"null", b""])
def test_hostile_lines_are_only_findings(copy: Copy, line: bytes) -> None:
    folder = copy()
    with (folder / "audit.jsonl").open("ab") as file:
        file.write(line + b"\n")
    assert read(line) is None
    assert [found.kind for found in verify(folder).findings] == [Kind.UNREADABLE]


def test_a_file_of_garbage_is_counted_in_little_memory(copy: Copy) -> None:
    folder = copy()
    (folder / "audit.jsonl").write_bytes(b"x\n" * 100_000)
    verdict = verify(folder)
    assert len(verdict.findings) + verdict.more >= 100_000
    assert len(verdict.findings) <= 1001
    assert not verdict.intact
