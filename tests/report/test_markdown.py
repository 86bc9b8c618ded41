"""Markdown: tables keep their cells, and hostile text stays text in a real parser."""

from collections.abc import Iterator
from functools import partial
from itertools import islice

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from opsconsole.report import as_markdown
from tests.report.sample import document
from tests.screens.shell.hostile import corpus

HOSTILE = (
    *("a | b", "|---|", "`` ` ``", "```", "~~~", "```\n# x", "<script>alert(1)</script>"),
    *(
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](http://x/y)",
        "[x]: http://y",
    ),
    *(
        "http://example.net/x",
        "www.example.net",
        "a@example.net",
        "<http://x.example>",
        "&lt;b&gt;",
    ),
    *("# head", "- item", "1. item", "> quote", "---", "===", "    code", "**b**", "_e_", "~~s~~"),
    *("\\", "\\|", "a\\", "x\r\n| y |", "$x$", "+ x", "<!-- ", "<?x", "]]>", "&#x3c;b>", "\tx"),
)


def _tokens(text: str) -> list[Token]:
    parser = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(
        ["table", "strikethrough", "linkify"]
    )
    return parser.parse(text)


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _shape(text: str) -> list[str]:
    """Kinds of blocks, in order: what the text in them must not change."""
    return [token.type for token in _tokens(text) if token.type != "inline"]


WRONG = {"html_block", "html_inline", "link_open", "image", "code_inline", "em_open", "s_open"}
PLAIN = _shape(as_markdown(document()))


def _pieces() -> list[str]:
    return [*HOSTILE, *islice(corpus(), 600)]


@pytest.mark.parametrize("start", range(0, 640, 40))
def test_hostile_text_stays_text(start: int) -> None:
    for piece in _pieces()[start : start + 40]:
        text = as_markdown(document(partial("a{}b".format, piece)))
        assert _shape(text) == PLAIN, repr(piece)
        assert not WRONG & {token.type for token in _flat(_tokens(text))}, repr(piece)


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_beginning_of_a_line_is_safe(piece: str) -> None:
    text = as_markdown(document(lambda: piece + " x"))
    assert _shape(text) == PLAIN
    assert not WRONG & {token.type for token in _flat(_tokens(text))}


@pytest.mark.parametrize(
    "piece", ["memory_used_percent", "a | b", "<tag> & more", "5 * 3", "x_y_ z"]
)
def test_what_was_written_is_what_is_read(piece: str) -> None:
    inline = [one for one in _flat(_tokens(as_markdown(document(lambda: piece)))) if one.children]
    read = {"".join(child.content for child in one.children or []) for one in inline}
    assert piece in read


def test_charts_are_lines_of_blocks() -> None:
    text = as_markdown(document())
    assert "plain  ▁ █▅  1.0 % to 3.0 %, last 2.0 %" in text
    assert "plain  no data" in text
    assert "1970-01-01 00:00 to 1970-01-01 04:00; plain 80.0 %" in text


def test_plain_names_are_left_readable() -> None:
    text = as_markdown(document(lambda: "memory_used_percent >= 90 %"))
    assert "| memory_used_percent >= 90 % |" in text
