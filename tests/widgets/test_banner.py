"""The band: hidden until it has words, and as much of them as there is room for."""

from textual.app import App, ComposeResult

from widgets.banner import Banner


class _Scene(App[None]):
    def compose(self) -> ComposeResult:
        yield Banner(id="banner")


def _text(banner: Banner, y: int = 0) -> str:
    return banner.render_line(y).text


async def test_it_shows_what_it_says() -> None:
    app = _Scene()
    async with app.run_test(size=(40, 10)) as pilot:
        banner = app.query_one(Banner)
        assert not banner.display
        banner.say("FIRST", "", "second")
        await pilot.pause()
        assert banner.display
        assert _text(banner) == " FIRST   second".ljust(40)
        banner.say("FIRST", "x" * 60, "third")
        assert _text(banner).rstrip() == " FIRST"
        banner.say("W" * 60)
        assert len(_text(banner)) == 40
        banner.say("[red]\x1b[31m")
        assert "\x1b" not in _text(banner)
        assert "[red]" in _text(banner)
        banner.say()
        assert not banner.display


async def test_a_tall_one_has_its_words_in_the_middle() -> None:
    app = _Scene()
    async with app.run_test(size=(40, 10)) as pilot:
        banner = app.query_one(Banner)
        banner.set_tall(tall=True)
        banner.say("REPLAY")
        await pilot.pause()
        assert [_text(banner, y).strip() for y in range(3)] == ["", "REPLAY", ""]
