"""A field takes keys, and nothing that was pasted in any way."""

from textual.app import App, ComposeResult
from textual.events import Paste

from widgets.entry import Entry


class _Form(App[None]):
    refused = 0

    def compose(self) -> ComposeResult:
        yield Entry()

    def on_entry_paste_refused(self) -> None:
        self.refused += 1


async def test_keys_fill_it() -> None:
    app = _Form()
    async with app.run_test() as pilot:
        await pilot.press("w", "e", "b")
        assert app.query_one(Entry).value == "web"


async def test_no_way_to_paste_does() -> None:
    app = _Form()
    async with app.run_test() as pilot:
        app.query_one(Entry).post_message(Paste("web-1"))
        await pilot.pause()
        app.copy_to_clipboard("web-1")
        await pilot.press("ctrl+v")
        await pilot.pause()
        assert app.query_one(Entry).value == ""
        assert app.refused == 2
