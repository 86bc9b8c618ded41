"""Paragraphs are wrapped by cells, nothing is lost, and the place in them is kept."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from opsconsole.clean import clean
from tests.screens.shell.hostile import corpus
from widgets.oneline import Part
from widgets.page import Block, Page, wrapped


def _lines(block: Block, width: int) -> list[str]:
    return ["".join(part.text for part in line) for line in wrapped(block, width)]


def test_words_go_on_below_one_another() -> None:
    block = Block((Part("runs  "), Part("systemctl restart nginx.service")), 6)
    assert _lines(block, 20) == [
        "runs  systemctl ",
        "      restart ",
        "      nginx.service",
    ]


def test_a_word_too_long_for_any_line_is_cut() -> None:
    assert _lines(Block((Part("x" * 25),), 2), 10) == ["x" * 10, "  " + "x" * 8, "  " + "x" * 7]


def test_an_empty_block_is_an_empty_line() -> None:
    assert _lines(Block(()), 10) == [""]


@given(st.text(max_size=60), st.integers(1, 30), st.integers(0, 8))
def test_no_line_is_wider_than_its_room_and_no_letter_is_lost(
    text: str, width: int, indent: int
) -> None:
    text = clean(text)
    lines = _lines(Block((Part(text),), indent), width)
    if width > 4:
        assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_hostile_words_end_too() -> None:
    for text in corpus(2000):
        assert _lines(Block((Part(text),), 3), 12)


class _Reader(App[None]):
    def __init__(self, *, follow: bool = False) -> None:
        super().__init__()
        self.page = Page(follow=follow)

    def compose(self) -> ComposeResult:
        yield self.page


def _blocks(count: int) -> list[Block]:
    return [Block((Part(f"line {number}"),), target=f"t{number}") for number in range(count)]


async def test_one_moves_through_it_and_what_is_below_is_counted() -> None:
    app = _Reader()
    async with app.run_test(size=(40, 10)) as pilot:
        app.page.set_blocks(_blocks(30))
        await pilot.pause()
        assert app.page.below == 20
        app.page.leaf(1)
        await pilot.pause()
        assert app.page.below == 11
        app.page.move(100)
        await pilot.pause()
        assert app.page.below == 0


async def test_what_follows_stays_at_the_end_until_one_scrolls_away() -> None:
    app = _Reader(follow=True)
    async with app.run_test(size=(40, 10)) as pilot:
        app.page.set_blocks(_blocks(30))
        await pilot.pause()
        assert app.page.below == 0
        app.page.move(-5)
        await pilot.pause()
        app.page.set_blocks(_blocks(40))
        await pilot.pause()
        assert app.page.below == 15


async def test_what_is_chosen_comes_into_sight() -> None:
    app = _Reader()
    async with app.run_test(size=(40, 10)) as pilot:
        app.page.set_blocks(_blocks(30))
        await pilot.pause()
        app.page.choose("t25")
        await pilot.pause()
        assert app.page.scroll_offset.y == 16
        app.page.choose("t3")
        await pilot.pause()
        assert app.page.scroll_offset.y == 3


async def test_a_click_tells_what_it_hit() -> None:
    class Told(_Reader):
        heard: str = ""

        def on_page_clicked(self, event: Page.Clicked) -> None:
            self.heard = event.target

    app = Told()
    async with app.run_test(size=(40, 10)) as pilot:
        app.page.set_blocks(_blocks(3))
        await pilot.pause()
        await pilot.click(Page, offset=(2, 1))
        await pilot.pause()
        assert app.heard == "t1"
