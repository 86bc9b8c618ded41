"""Answers to several requests are one payload, which comes apart as it was put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import Malformed, Unsupported
from opsconsole.question import (
    HttpRequest,
    Part,
    Questions,
    Statement,
    headed,
    joined,
    of_kind,
    parted,
    verb,
)

PARTS = st.lists(st.builds(Part, st.integers(100, 599), st.binary(max_size=40)), max_size=5)


@given(PARTS)
def test_parts_come_back_as_they_were(parts: list[Part]) -> None:
    assert list(parted(joined(parts), len(parts))) == parts
    framed = b"".join(headed(part.status, len(part.body)) + part.body for part in parts)
    assert list(parted(framed, len(parts))) == parts
    assert len(headed(200, 32 << 20)) == len(headed(0, 0)), "the length is known afterwards"


@given(PARTS, st.integers(1, 30))
def test_what_is_cut_short_is_refused(parts: list[Part], cut: int) -> None:
    payload = joined([*parts, Part(200, b"x" * 30)])
    with pytest.raises(Malformed):
        parted(payload[:-cut], len(parts) + 1)


@pytest.mark.parametrize("payload", [b"x", b"200\n", b"200 -1\n", b"a b\n", b"200 1\nab", b" 1\nx"])
def test_what_is_no_frame_is_refused(payload: bytes) -> None:
    with pytest.raises(Malformed):
        parted(payload, 1)


def test_questions_for_another_wire_are_refused() -> None:
    asked: Questions = {"health": (HttpRequest("/"),), "sessions": (Statement("select 1"),)}
    with pytest.raises(Unsupported, match="sessions: is asked in another way than by a HttpReq"):
        of_kind(asked, HttpRequest)
    assert of_kind({"health": asked["health"]}, HttpRequest) == {"health": (HttpRequest("/"),)}


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("select 1", "SELECT"),
        (" \n( /* a /* b */ */ -- DROP\n With x AS (SELECT 1) TABLE x", "WITH"),
        ("-- SELECT\rDROP TABLE x", "DROP"),
        ("/* SELECT */ explain analyze DELETE", "EXPLAIN"),
        ("SELECT/**/1", "SELECT"),
        ("SELECTED", "SELECTED"),
        ("SELECT_1 x", ""),
        ("SELECT$1", ""),
        ("/* SELECT 1", ""),
        ("-- SELECT", ""),
        ("'SELECT'", ""),
        ('"SELECT" 1', ""),
        ("\u017fELECT 1", ""),
        ("", ""),
        ("/*" * 50_000, ""),
        ("(" * 50_000 + "SELECT", "SELECT"),
    ],
)
def test_the_first_word_of_a_statement(sql: str, first: str) -> None:
    assert verb(sql) == first
