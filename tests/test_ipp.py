"""IPP: requests by the letter of RFC 8010, answers of any kind, and what is none."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from opsconsole import ipp
from opsconsole.errors import Malformed
from opsconsole.ipp import IN_JOB, Answer, Given, Group, attribute, read, request, unworded, worded

HEAD = b"\x01\x01\x00\x00\x00\x00\x00\x07"


def test_a_request_is_as_the_standard_writes_it() -> None:
    """RFC 8010, appendix A.1, with another operation."""
    there = "ipp://printer.example.com/ipp/print/pinetree"
    assert request("Get-Jobs", ("uri", "printer-uri", there)) == (
        b"\x01\x01\x00\x0a\x00\x00\x00\x01\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x48\x00\x1battributes-natural-language\x00\x02en"
        b"\x45\x00\x0bprinter-uri\x00\x2cipp://printer.example.com/ipp/print/pinetree"
        b"\x03"
    )  # fmt: skip


def test_the_same_name_again_adds_a_value_and_a_job_has_a_group_of_its_own() -> None:
    said = request(
        "CUPS-Move-Job", ("keyword", "wanted", "a"), ("keyword", "wanted", "b"), IN_JOB,
        ("uri", "job-printer-uri", "ipp://x/printers/y"), ("boolean", "yes", "true"),
    )  # fmt: skip
    answer = read(said)
    assert answer.status == ipp.OPERATIONS["CUPS-Move-Job"]
    operation, job = answer.groups
    assert operation.texts("wanted") == ["a", "b"]
    assert (job.tag, job.text("job-printer-uri"), job.flag("yes")) == (
        ipp.JOB, "ipp://x/printers/y", True,
    )  # fmt: skip


def test_every_kind_of_value() -> None:
    inner = (
        b"\x4a\x00\x00\x00\x01x" + attribute(0x21, "", struct.pack(">i", 5))
        + b"\x4a\x00\x00\x00\x01y" + b"\x34\x00\x00\x00\x00"
        + b"\x4a\x00\x00\x00\x01z" + attribute(0x44, "", b"deep") + attribute(0x44, "", b"er")
        + b"\x37\x00\x00\x00\x00" + b"\x37\x00\x00\x00\x00"
    )  # fmt: skip
    body = (
        b"\x04"
        + attribute(0x21, "n", struct.pack(">i", -3)) + attribute(0x22, "flag", b"\1")
        + attribute(0x33, "range", struct.pack(">ii", 1, 9))
        + attribute(0x32, "dpi", struct.pack(">iib", 600, 600, 3))
        + attribute(0x35, "text", b"\0\2de\0\4Haus") + attribute(0x10, "nothing", b"")
        + attribute(0x30, "octets", b"\xff\0") + attribute(0x41, "odd", b"\xff")
        + attribute(0x34, "col", b"") + inner + b"\x03"
    )  # fmt: skip
    (group,) = read(HEAD + body).groups
    assert dict(group.attributes) == {
        "n": [-3], "flag": [True], "range": [(1, 9)], "dpi": [(600, 600, 3)], "text": ["Haus"],
        "nothing": [None], "octets": [b"\xff\0"], "odd": ["\N{REPLACEMENT CHARACTER}"],
        "col": [{"x": [5], "y": [{"z": ["deep", "er"]}]}],
    }  # fmt: skip
    assert (group.number("n"), group.number("flag"), group.flag("n")) == (-3, None, None)
    assert (group.text("n"), group.one("none"), group.numbers("flag")) == ("", None, [None])


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", HEAD, b"\x09" + HEAD[1:] + b"\x03", HEAD + b"\x04", HEAD + b"\x44\0\1a\0\1b\3",
     HEAD + b"\x04\x44\0\1a\0\5b\3", HEAD + b"\x04\x44\xff\xffa", HEAD + b"\x04\x34\0\1a\0\0\3",
     HEAD + b"\x04\x34\0\1a\0\0" + b"\x4a\0\0\0\1x\x34\0\0\0\0" * 50],
)  # fmt: skip
def test_what_is_no_answer_is_a_fault(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data)


def test_values_of_another_size_than_their_type_are_nothing() -> None:
    body = b"".join(attribute(tag, f"v{tag}", b"\1\2") for tag in (0x21, 0x22, 0x32, 0x33, 0x35))
    (group,) = read(HEAD + b"\x04" + body + b"\x03").groups
    assert list(group.attributes.values()) == [[None]] * 5


def test_a_message_says_why() -> None:
    said = Group(ipp.OPERATION, {"status-message": ["no such queue"]})
    assert Answer(0x0406, 1, (said,)).message == "no such queue"
    assert Answer(0x0403, 1, ()).message == "not authorized"
    assert Answer(0x0599, 1, ()).message == "status 0x0599"
    assert Answer(0x0001, 1, ()).fine
    assert not Answer(0x0406, 1, ()).fine


_NUMBERS = some.integers(-(2**31), 2**31 - 1).map(str)
_GIVEN = some.tuples(
    some.sampled_from(["text", "name", "keyword", "uri"]),
    some.from_regex(r"[a-z-]{1,20}", fullmatch=True),
    some.text(max_size=40),
) | some.tuples(some.just("integer"), some.just("number"), _NUMBERS)


@given(some.sampled_from(sorted(ipp.OPERATIONS)), some.lists(_GIVEN, max_size=6))
def test_words_stand_for_the_same_request(operation: str, given_: list[Given]) -> None:
    line = worded(operation, *given_)
    assert unworded(line) == request(operation, *given_)
    assert line.isascii()
    assert line.isprintable()
    answer = read(request(operation, *given_))
    assert answer.status == ipp.OPERATIONS[operation]
    said = [value for values in answer.groups[0].attributes.values() for value in values]
    wanted = [int(value) if kind == "integer" else value for kind, _, value in given_]
    assert sorted(map(repr, said[2:])) == sorted(map(repr, wanted))


@pytest.mark.parametrize(
    "line", ["", "Print-Job", "Get-Jobs x", "Get-Jobs uri:=x", "Get-Jobs odd:a=b", "Get-Jobs  ",
             "Get-Jobs integer:a=x", "Get-Jobs integer:a=99999999999", "Get-Jobs group:else="],
)  # fmt: skip
def test_words_that_are_no_request(line: str) -> None:
    with pytest.raises(ValueError, match=r"no |invalid"):
        unworded(line)


@given(some.binary(max_size=200))
def test_any_bytes_are_an_answer_or_a_fault(data: bytes) -> None:
    try:
        answer = read(HEAD + data)
    except Malformed:
        return
    assert all(isinstance(group, Group) for group in answer.groups)


@given(some.data())
def test_an_answer_cut_anywhere_or_changed_is_an_answer_or_a_fault(data: some.DataObject) -> None:
    whole = bytearray(
        request("Get-Jobs", ("uri", "printer-uri", "ipp://x/"), IN_JOB, ("name", "n", "v"))
    )
    for _ in range(data.draw(some.integers(0, 4))):
        whole[data.draw(some.integers(0, len(whole) - 1))] = data.draw(some.integers(0, 255))
    try:
        read(bytes(whole[: data.draw(some.integers(0, len(whole)))]))
    except Malformed:
        return
