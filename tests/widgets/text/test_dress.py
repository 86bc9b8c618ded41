"""A line looks like what it is: YAML, JSON, or a log that says how bad it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import clean
from widgets.text.dress import Dress, bad, fields
from widgets.text.lines import TextLine


def drawn(dress: Dress, text: str, **more: object) -> list[tuple[str, str]]:
    line = TextLine(clean(text, 10_000), **more)  # type: ignore[arg-type]
    return [
        (part.text, part.look.removeprefix("text--")) for part in dress.parts(line) if part.text
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("  name: web", [("  ", ""), ("name", "key"), (":", "time"), (" web", "value")]),
        ("- port: 80", [("- ", ""), ("port", "key"), (":", "time"), (" 80", "number")]),
        ("# note", [("# note", "time")]),
        ("- true", [("- true", "number")]),
        ("http://a", [("http://a", "")]),
        ('"a:b": 1', [('"a:b"', "key"), (":", "time"), (" 1", "number")]),
    ],
)
def test_yaml(text: str, parts: list[tuple[str, str]]) -> None:
    assert drawn(Dress(yaml=True), text) == parts


@given(st.text(max_size=200), st.booleans(), st.booleans())
def test_nothing_of_a_text_is_lost(text: str, yaml: bool, log: bool) -> None:
    said = clean(text, 10_000)
    assert "".join(part for part, _ in drawn(Dress(yaml=yaml, log=log), said)) == said


def test_a_log_shows_how_bad_it_is() -> None:
    assert ("ERROR", "bad") in drawn(Dress(log=True), "12:00 ERROR no disk")
    assert ("warning", "dubious") in drawn(Dress(log=True), "a warning")
    assert bad("panic: x")
    assert not bad("terrorism")
    assert not bad('{"level":"info","msg":"no error here"}')
    assert bad('{"level":"error","msg":"ok"}')


def test_json_stands_in_columns() -> None:
    dress = Dress(log=True, json=True)
    texts = [
        f'{{"ts":1,"level":"info","msg":"got {n}","user":"u{n}","long":"{"x" * 40}"}}'
        for n in range(3)
    ]
    dress.survey([TextLine(clean(text)) for text in texts])
    assert dict(dress.columns) == {"user": 4}
    assert dress.head == "LEVEL USER "
    row = "".join(part for part, _ in drawn(dress, texts[1]))
    assert row.startswith("INFO  u1   got 1  long=")
    assert '"ts"' not in row


def test_what_is_no_json_is_drawn_as_it_is() -> None:
    for text in ("{", "{}x", "[1]", '{"a":', "{" * 5000 + "}"):
        assert fields(text) is None
        assert "".join(part for part, _ in drawn(Dress(json=True), text)) == text


def test_what_json_hides_never_reaches_the_terminal() -> None:
    row = drawn(Dress(json=True), '{"level":"x","a":"\\u001b[31m","msg":"\\u001b]52;c;x\\u0007"}')
    assert all("\x1b" not in part and "\x07" not in part for part, _ in row)


def test_sources_are_told_apart_by_their_ends() -> None:
    dress = Dress()
    names = ["web-7d9c-" + "x" * 40 + "a", "web-7d9c-" + "x" * 40 + "b"]
    dress.survey([TextLine(clean(""), None, clean(name)) for name in names])
    one, two = (drawn(dress, "t", source=clean(name))[0][0] for name in names)
    assert one != two
    assert len(one) == len(two) == 33


def test_a_gap_is_no_line() -> None:
    assert drawn(Dress(log=True), "7 lines skipped", gap=True) == [("7 lines skipped", "gap")]


def test_times_stand_before_lines() -> None:
    row = drawn(Dress(times=True), "x", at=0.25)
    assert row[0][0].endswith(".250 ")
    assert drawn(Dress(times=True), "x", at=1e300)[0][0].startswith("---")
