"""Values as Kubernetes writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.domains.cloud.kubernetes import values


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("250m", 0.25),
        ("2", 2.0),
        ("1500Mi", 1500 * 2**20),
        ("1e3", 1000.0),
        ("12E", 12e18),
        ("100n", 1e-7),
        ("1Ki", 1024.0),
        (3, 3.0),
        (None, None),
        ("", None),
        ("many", None),
        ("1.2.3", None),
        ("9e999", None),
        (True, None),
    ],
)
def test_quantities(text: str | float | None, number: float | None) -> None:
    assert values.quantity(text) == (pytest.approx(number) if number is not None else None)


@given(st.text(max_size=30))
def test_no_text_is_too_absurd(text: str) -> None:
    values.quantity(text)
    values.moment(text)
    assert "\x1b" not in values.name(text) + values.word(text)
    assert not values.plain(text) or values.name(text) == text


def test_moments() -> None:
    assert values.moment("1970-01-01T00:01:00Z") == 60.0
    assert values.moment("1970-01-01T00:01:00.5+00:00") == 60.5
    assert values.moment("soon") is values.moment(None) is None


def test_labels_stand_in_order() -> None:
    assert values.pairs({"b": "2", "a": "1"}) == "a=1, b=2"
    assert values.pairs(None) == ""


def test_words_are_one_object_for_all_rows_and_no_more_of_them_are_kept_than_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(values, "WORDS", 3)
    words = values.Words(5)
    first = words["".join(("a", "b"))]
    assert words["".join(("a", "b"))] is first
    for at in range(9):
        assert words[f"word-{at}\x1b"] == "word-"
        assert len(words) <= 3
    assert words["x" * 300] == "xxxxx"
    assert "x" * 300 not in words
