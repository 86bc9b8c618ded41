"""HTML: one file, no script, every element closed, and hostile text stays text in a real parser."""

import re
from functools import partial
from html.parser import HTMLParser
from itertools import islice, pairwise

import pytest

from opsconsole.clean import FOREIGN
from opsconsole.report import as_html
from opsconsole.report.svg import ticks
from tests.report.sample import document
from tests.report.test_markdown import HOSTILE
from tests.screens.shell.hostile import corpus

VOID = {"meta"}
QUOTES = ('" onload="x', "' onload='x", "</td></table><script>x</script>", "</style><b>", "-->")


class Tree(HTMLParser):
    """Elements with their attributes' names, in order, and all text; checks that they nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


PLAIN = Tree(as_html(document()))


@pytest.mark.parametrize("start", range(0, 640, 40))
def test_hostile_text_stays_text(start: int) -> None:
    for piece in [*HOSTILE, *QUOTES, *islice(corpus(), 600)][start : start + 40]:
        text = as_html(document(partial("a{}b".format, piece)))
        assert Tree(text).shape == PLAIN.shape, repr(piece)
        assert not FOREIGN.search(text.replace("\n", "")), repr(piece)


def test_text_is_kept() -> None:
    for piece in ("<script>", 'say "x"', "a & b", "&lt;"):
        assert piece in Tree(as_html(document(partial(str, piece)))).texts


def test_nothing_is_run_or_fetched() -> None:
    text = as_html(document(lambda: "http://x.example/"))
    tree = Tree(text)
    names = {name for name, _ in tree.attributes}
    assert not {tag for tag, _ in tree.shape} & {"script", "link", "img", "iframe", "object", "use"}
    assert not {name for name in names if name.startswith("on") or name in {"src", "style"}}
    assert all((value or "").startswith("#") for name, value in tree.attributes if name == "href")
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_it_can_be_read_without_eyes_and_without_colour() -> None:
    tree = PLAIN
    assert ("html", ("lang",)) in tree.shape
    assert [tag for tag, _ in tree.shape].count("h1") == 1
    heads = [names for tag, names in tree.shape if tag == "th"]
    assert heads
    assert all("scope" in names for names in heads)
    pictures = [names for tag, names in tree.shape if tag == "svg"]
    assert pictures
    assert all("aria-label" in names or "aria-hidden" in names for names in pictures)
    assert {" fail", " warn", " pass"} <= set(tree.texts)
    ranks = [int(tag[1]) for tag, _ in tree.shape if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(ranks))


def test_it_is_fit_for_paper_and_the_dark() -> None:
    text = as_html(document())
    assert "@media print" in text
    assert "prefers-color-scheme: dark" in text


def test_ids_are_given_once_and_links_lead_somewhere() -> None:
    same = Tree(as_html(document(lambda: "the same title")))
    ids = [value for name, value in same.attributes if name == "id"]
    assert len(ids) == len(set(ids)) == 3
    assert {f"#{one}" for one in ids} == {v for n, v in same.attributes if n == "href"}


def test_a_gap_breaks_the_line() -> None:
    text = as_html(document())
    assert text.count('<polyline class="line line0"') == 2
    assert "nan" not in text


@pytest.mark.parametrize(("low", "high"), [(0, 100), (0, 0), (-5, 3), (0, 7e12), (0, 1e-6), (3, 3)])
def test_ticks_are_round_and_hold_all(low: float, high: float) -> None:
    found = ticks(low, high)
    assert found[0] <= low + 1e-12
    assert found[-1] >= high * (1 - 1e-9)
    assert 2 <= len(found) <= 8
