"""SQL that is taken apart is the same when it is put together, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.sql import Dialect, Kind, tokens

every = pytest.mark.parametrize("dialect", Dialect)

SQL = st.text("sSeEqQxX'\"`$a/*-#\\\n ;()[],.:=1\u2424", max_size=80)


@every
@given(text=SQL)
def test_nothing_is_lost(dialect: Dialect, text: str) -> None:
    assert "".join(token.text for token in tokens(text, dialect)) == text


def said(text: str, dialect: Dialect = Dialect.POSTGRES) -> list[tuple[str, str]]:
    return [
        (token.kind.value, token.text)
        for token in tokens(text, dialect)
        if token.kind is not Kind.SPACE
    ]


def test_quotes_of_postgres() -> None:
    assert said("E'a\\'b' 'c\\' \"d\"\"e\" $x$ $$ ' $x$ U&'f' /* g /* h */ i */ $1 -- j") == [
        ("string", "E'a\\'b'"),
        ("string", "'c\\'"),
        ("quoted", '"d""e"'),
        ("string", "$x$ $$ ' $x$"),
        ("string", "U&'f'"),
        ("comment", "/* g /* h */ i */"),
        ("number", "$1"),
        ("comment", "-- j"),
    ]


def test_quotes_of_mysql() -> None:
    assert said("'a\\'b' \"c\" `d``e` # f\n a--1 /* g /* */", Dialect.MYSQL) == [
        ("string", "'a\\'b'"),
        ("string", '"c"'),
        ("quoted", "`d``e`"),
        ("comment", "# f"),
        ("word", "a"),
        ("sign", "--"),
        ("number", "1"),
        ("comment", "/* g /* */"),
    ]


def test_quotes_of_oracle() -> None:
    assert said("q'[it's]' nq'!a'b!' 'c''d' \"e\"", Dialect.ORACLE) == [
        ("string", "q'[it's]'"),
        ("string", "nq'!a'b!'"),
        ("string", "'c''d'"),
        ("quoted", '"e"'),
    ]


HOSTILE = ["'", "$a$b", "/*", "-+", "1e", "q'a", "'\\", "#-/", '"', "`", "$", "e'", "((("]


@every
@pytest.mark.parametrize("piece", HOSTILE)
def test_each_place_is_read_a_bounded_number_of_times(dialect: Dialect, piece: str) -> None:
    """As many pieces of the text as there are characters, and no piece of no length."""
    text = piece * (50_000 // len(piece))
    found = list(tokens(text, dialect))
    assert all(token.text for token in found)
    assert sum(len(token.text) for token in found) == len(text)
