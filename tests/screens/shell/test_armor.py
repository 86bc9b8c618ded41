"""Hostile text on every surface: no crash, nothing a terminal obeys on the wire, no action."""

import unicodedata
from collections.abc import Iterator
from itertools import islice

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.color import Color
from textual.containers import VerticalScroll
from textual.content import Content
from textual.driver import Driver
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Label, Log, OptionList, Static
from textual.widgets.option_list import Option

from opsconsole.clean import FOREIGN, clean
from opsconsole.model import Column, Level, Quantity
from screens.shell.armor import Armor
from screens.shell.base import ConsoleApp
from screens.shell.glyph import glyphs, harmless
from tests.screens.shell.hostile import corpus
from tests.screens.shell.wire import Recorder, foreign
from widgets.meter import Bar, Meters
from widgets.plot import Plot
from widgets.table import LiveTable

BATCH = 250
BLACK = Color(0, 0, 0)


class Raw(Widget):
    """Draws segments as they come: the least protected way to a screen."""

    texts: tuple[str, ...] = ()

    def render_line(self, y: int) -> Strip:
        text = self.texts[y] if y < len(self.texts) else ""
        style = Style(color="red", meta={"@click": "app.fire"}, link="http://x")
        return Strip([Segment(text, style), Segment("\x1b[2J", None, [])]).crop(0, self.size.width)


class Surfaces(ConsoleApp):
    """Every place text of a target may come to."""

    CSS = "Static, Label { height: 1; border: none; } #framed { height: 3; border: round red; }"

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.fired = 0

    def _build_driver(
        self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None
    ) -> Driver:
        recorder = Recorder(self, mouse=mouse, size=size)
        self._driver, self.sent = recorder, recorder.sent
        return recorder

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(id="static", markup=False)
            yield Static(id="content")
            yield Label(id="label", markup=False)
            yield Static("x", id="framed", markup=False)
            yield Input(id="input")
            yield OptionList(id="options", markup=False)
            yield Log(id="log")
            yield Raw(id="raw")
            yield Plot(clean("plot"), id="plot")
            yield Meters(id="meters")
            yield LiveTable([Column("name", "NAME", Quantity.TEXT, "test")], id="table")

    def action_fire(self, *_: object) -> None:
        self.fired += 1

    def spread(self, texts: list[str]) -> None:
        """Put texts on every surface; our own widgets get them cleaned, as in the console."""
        head, joined = texts[0], " ".join(texts[:8])
        self.title = head
        self.query_one("#static", Static).update(joined)
        self.query_one("#content", Static).update(Content(joined))
        self.query_one("#label", Label).update(head)
        framed = self.query_one("#framed", Static)
        framed.border_title = Content(head)
        framed.border_subtitle = Content(joined)
        framed.tooltip = Content(head)
        self.query_one("#input", Input).value = head
        options = self.query_one("#options", OptionList)
        options.clear_options().add_options([Option(Content(text)) for text in texts[:8]])
        self.query_one("#log", Log).clear().write_lines(texts[:8])
        self.query_one("#raw", Raw).texts = tuple(texts)
        self.query_one("#raw", Raw).refresh()
        self.query_one("#plot", Plot).show([(clean(text), [1.0]) for text in texts[:3]], 1.0)
        bars = [Bar(clean(text), (5.0,), clean(text, 8), Level.CRIT) for text in texts[:5]]
        self.query_one("#meters", Meters).show(bars)
        rows = {str(at): (clean(text),) for at, text in enumerate(texts)}
        self.query_one("#table", LiveTable).replace(rows)


def _batches(count: int) -> Iterator[list[str]]:
    strings = corpus(count)
    while batch := list(islice(strings, BATCH)):
        yield batch


@pytest.mark.parametrize("diff", [True, False], ids=["diff", "stock"])
async def test_ten_thousand_hostile_strings_on_every_surface(
    diff: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not diff:
        monkeypatch.setattr("screens.shell.display._KNOWN", ("0.1.",))
    app = Surfaces()
    shown = 0
    async with app.run_test(size=(100, 60), notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        assert app.diff_active is diff
        app.sent.clear()
        for batch in _batches(10_000):
            app.spread(batch)
            app.notify(batch[0], title=batch[1], markup=True, timeout=0.05)
            await pilot.pause()
            sent = "".join(app.sent)
            if not diff:
                sent = sent.replace("\n", "")  # the stock path ends its lines
            app.sent.clear()
            assert foreign(sent) == []
            shown += len(batch)
    assert shown == 10_000


async def test_no_click_on_hostile_text_fires_an_action() -> None:
    app = Surfaces()
    async with app.run_test(size=(100, 60), notifications=True) as pilot:
        app.spread(["[@click=app.fire]press me here now[/]"] * 8)
        await pilot.pause()
        for y in range(0, 60, 1):
            await pilot.click(offset=(4, y))
        await pilot.pause()
        assert app.fired == 0


def _pass(armor: Armor, segments: list[Segment], background: Color) -> list[Segment]:
    del armor, background
    return segments


async def test_without_the_armor_the_wire_would_carry_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for foreign bytes can fail: stock Textual sends them."""
    monkeypatch.setattr(Armor, "apply", _pass)
    monkeypatch.setattr("screens.shell.display._KNOWN", ("0.1.",))
    app = Surfaces()
    async with app.run_test(size=(100, 60)) as pilot:
        app.spread(["\x1b]52;c;ZXZpbA==\x07"] * 8)
        await pilot.pause()
        assert foreign("".join(app.sent).replace("\n", ""))


async def test_the_raw_widget_would_fire_without_the_armor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: the same click fires when the armor is off."""
    monkeypatch.setattr(Armor, "apply", _pass)
    app = Surfaces()
    async with app.run_test(size=(100, 60)) as pilot:
        app.query_one("#raw", Raw).texts = ("press me here now",) * 8
        app.query_one("#raw", Raw).refresh()
        await pilot.pause()
        await pilot.click("#raw", offset=(4, 0))
        await pilot.pause()
        assert app.fired == 1


def test_only_our_own_actions_stay_clickable() -> None:
    armor = Armor({"app.help"})
    own = Segment("help", Style(meta={"@click": "app.help", "row": 3}))
    other = Segment("evil", Style(meta={"@click": "app.help('x')", "row": 3}, link="http://x"))
    kept, stripped = armor.apply([own, other], BLACK)
    assert kept.style is not None
    assert kept.style.meta == {"@click": "app.help", "row": 3}
    assert stripped.style is not None
    assert stripped.style.meta == {"row": 3}
    assert stripped.style.link is None


def test_plain_segments_pass_untouched() -> None:
    segments = [Segment("plain text", Style(color="red")), Segment("more")]
    assert Armor().apply(segments, BLACK) is segments


def test_every_string_keeps_its_width_and_loses_what_acts() -> None:
    for text in corpus():
        safe = harmless(text)
        assert cell_len(safe) == cell_len(text), ascii(text)
        assert not FOREIGN.search(safe), ascii(text)
        assert len(glyphs(text)) == cell_len(text), ascii(text)
        assert harmless(safe) == safe, ascii(text)


def test_zalgo_does_not_climb_out_of_its_line() -> None:
    marks = [
        char for char in harmless("e" + "\u0301" * 200 + "\u200b") if unicodedata.combining(char)
    ]
    assert len(marks) <= 3


async def test_toasts_are_never_markup() -> None:
    app = Surfaces()
    async with app.run_test(size=(100, 60), notifications=True) as pilot:
        app.notify("[/] [red]x[/blue] [@click=app.fire]y[/]", markup=True)
        app.query_one("#static").notify("[/]", markup=True)
        await pilot.pause()
        assert all(not note.markup for note in app._notifications)
        assert len(app._notifications) == 2
