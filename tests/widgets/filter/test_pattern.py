"""Patterns mean what they mean elsewhere, and never run away."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.filter.pattern import Pattern, PatternError

ATOM = st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\W", "-", r"\."])
PIECE = st.recursive(
    ATOM,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.tuples(inner, inner).map("|".join).map("({})".format),
        st.tuples(inner, inner).map("".join),
    ),
    max_leaves=6,
)
WHOLE = st.tuples(st.sampled_from(["", "^"]), PIECE, st.sampled_from(["", "$"])).map("".join)


@given(source=WHOLE, texts=st.lists(st.text("abcd1-. ", max_size=8), max_size=8))
def test_patterns_agree_with_the_library(source: str, texts: list[str]) -> None:
    if len(source) > 128:
        return
    flags = 0 if any(char.isupper() for char in source.replace(r"\W", "")) else re.IGNORECASE
    known = re.compile(source, flags)
    pattern = Pattern(source)
    for text in texts:
        assert pattern.matches(text) is bool(known.search(text)), (source, text)


@given(st.text("ab()[]{}|*+?^$\\.-,0123456789dwsA", max_size=24))
def test_any_text_is_a_pattern_or_says_why_not(source: str) -> None:
    said: PatternError | None = None
    try:
        Pattern(source).matches("ab01" * 5)
    except PatternError as error:
        said = error
    assert said is None or 0 <= said.position <= len(source) + 1


@pytest.mark.parametrize(
    ("source", "yes", "no"),
    [
        ("web", "my WEB-1", "db"),
        ("Web", "Web-1", "web-1"),
        (r"\D", "1a", "12"),
        ("^$", "", "a"),
        ("a{2,3}$", "baaa", "a"),
        ("a{x}", "a{x}", "ax"),
        ("[]a]", "]", "b"),
        (r"[\d-]", "-", "a"),
        ("é", "É", "e"),
    ],
)
def test_meaning(source: str, yes: str, no: str) -> None:
    assert Pattern(source).matches(yes)
    assert not Pattern(source).matches(no)


@pytest.mark.parametrize("source", ["(a+)+$", "^(a|a)*$", "(a|aa)+$", "a*a*a*a*a*a*b", "(.*)*x"])
def test_patterns_that_hang_others_take_few_steps(source: str) -> None:
    pattern = Pattern(source)
    # An exponential engine would still be here at the end of the world.
    assert pattern.matches("a" * 256 + "!") is False


def test_countless_states_are_refused_not_waited_for() -> None:
    pattern = Pattern("(?:a|b)*a" + "(?:a|b)" * 14 + "c")
    texts = [f"{number:020b}".replace("0", "a").replace("1", "b") for number in range(40_000)]
    with pytest.raises(PatternError, match="too costly"):
        list(map(pattern.matches, texts))
    pattern.refill()
    assert pattern.matches("a" * 30 + "c")


@pytest.mark.parametrize(
    ("source", "position"),
    [("a)", 1), ("(a", 0), ("[a", 0), ("*a", 0), ("a\\", 1), ("(?=a)", 0), (r"\1", 0), ("a**", 2)],
)
def test_nonsense_names_its_place(source: str, position: int) -> None:
    with pytest.raises(PatternError) as caught:
        Pattern(source)
    assert caught.value.position == position


def test_repeats_of_repeats_are_bounded() -> None:
    with pytest.raises(PatternError, match="repeats too much"):
        Pattern("((a{50}){50}){50}")
    with pytest.raises(PatternError, match="at most 128"):
        Pattern("a" * 129)
