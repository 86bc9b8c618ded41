"""A field takes keys, and nothing that was pasted in any way."""

from textual.app import App, ComposeResult
from textual.events import Paste

from widgets.entry import Entry, Field


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


class _Pasting(App[None]):
    def compose(self) -> ComposeResult:
        yield Field()


async def test_a_field_for_what_is_only_read_takes_a_paste_as_one_line() -> None:
    app = _Pasting()
    async with app.run_test() as pilot:
        app.query_one(Field).post_message(Paste("ALTER TABLE t -- why\r\n\tADD x\x1b[31m int\n"))
        await pilot.pause()
        assert (
            app.query_one(Field).value
            == "ALTER TABLE t -- why\u2424 ADD x\N{REPLACEMENT CHARACTER}[31m int"
        )
        app.copy_to_clipboard(";")
        await pilot.press("ctrl+v")
        assert app.query_one(Field).value.endswith("int;")
