"""Statements laid out: other spaces, and not one other character, however they are written."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.sql import Dialect, Kind, Token, laid_out, layout, on_one_line, tokens
from opsconsole.sql.token import NEWLINE

PIECES = st.sampled_from(
    ["SELECT", "from", "where", "and", "(", ")", ",", ";", "'a  b'", "'it''s'", "$x$ ( $x$", "x",
     "BETWEEN", "case", "end", "--c\n", "-- d", "/* e\n f */", "\"G h\"", "1.5", "::", "\n", "  ",
     "\t", "group by", "left join", "update", "E'\\''", "'", "$$", "/*", NEWLINE]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=40).map(" ".join) | st.lists(PIECES, max_size=40).map("".join)


def significant(text: str, dialect: Dialect = Dialect.POSTGRES) -> list[Token]:
    return [token for token in tokens(text, dialect) if token.kind is not Kind.SPACE]


@pytest.mark.parametrize("dialect", Dialect)
@given(text=TEXTS)
def test_tokens_are_the_same(dialect: Dialect, text: str) -> None:
    lines = list(laid_out(text, dialect))
    assert significant("\n".join(lines), dialect) == significant(text, dialect)


@given(TEXTS)
def test_tokens_of_one_line_are_the_same_but_for_line_ends(text: str) -> None:
    one = on_one_line(text)
    assert "\n" not in one
    wanted = [token._replace(text=token.text.replace("\n", NEWLINE)) for token in significant(text)]
    assert significant(one) == wanted


def laid(text: str) -> list[str]:
    return list(laid_out(" ".join(text.split())))


@pytest.mark.parametrize(
    "lines",
    [
        ["SELECT a, b", "FROM t", "LEFT OUTER JOIN u ON t.x = u.x", "WHERE a BETWEEN 1 AND 2",
         "  AND (b OR c)", "GROUP BY a", "ORDER BY b", "LIMIT 3 FOR UPDATE"],
        ["WITH x AS (", "  SELECT 1", "  UNION ALL", "  SELECT CASE WHEN a AND b THEN 2 END", ")",
         "INSERT INTO t", "SELECT extract(year FROM d)", "FROM x ON CONFLICT (a) DO UPDATE",
         "SET a = 1", "RETURNING *"],
        ["DELETE FROM t", "WHERE a IS NOT DISTINCT FROM b", "  OR id IN (", "    SELECT id",
         "    FROM u", "  )"],
        ["MERGE INTO t USING u ON t.i = u.i", "WHEN MATCHED THEN UPDATE", "SET x = 1",
         "WHEN NOT MATCHED THEN INSERT", "VALUES (1)"],
    ],
)  # fmt: skip
def test_clauses_begin_lines(lines: list[str]) -> None:
    assert laid("\n".join(lines)) == lines


def test_comments_and_literals_keep_their_lines() -> None:
    text = "select 1 -- why\n, 'a'\n'b' /* x\n y */ from t"
    assert list(laid_out(text)) == ["select 1 -- why", ", 'a'", "'b' /* x\n y */", "from t"]
    one = f"select 1 -- why{NEWLINE}, 'a'{NEWLINE}'b' /* x{NEWLINE} y */ from t"
    assert on_one_line(text) == one
    assert list(laid_out(one))[:2] == ["select 1 -- why", ", 'a'"]


def test_long_lines_are_broken_at_spaces() -> None:
    lines = laid("select " + ", ".join(f"column_{n}" for n in range(100)))
    assert all(len(line.rstrip(",")) <= layout.WIDTH for line in lines)
    assert len(lines) > 10


@pytest.mark.parametrize("piece", ["a, ", "(select ", "x and ", "'a'\n", "--\n", "((", "case "])
def test_the_first_lines_of_a_hostile_statement_do_not_read_all_of_it(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = piece * (1_000_000 // len(piece))
    read = 0

    def counting(text: str, dialect: Dialect) -> Iterator[Token]:
        nonlocal read
        for token in tokens(text, dialect):
            read += 1
            yield token

    monkeypatch.setattr(layout, "tokens", counting)
    if piece == "((":  # one line, and one place of it to break: as much as is asked for
        text = text[:100_000]
    lines = list(itertools.islice(laid_out(text), 100))
    assert 0 < len(lines) <= 100
    assert piece == "((" or max(len(line) for line in lines) <= layout.WIDTH + 10
    assert read <= 100_001
