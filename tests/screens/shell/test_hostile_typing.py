"""Ten thousand hostile strings by way of the operator: typed, pasted, recalled, copied, printed."""

import base64
import io
import re
import sys
from collections.abc import Sequence

import pytest
from rich.cells import cell_len
from textual.events import Key, Paste
from textual.widgets import Input

from opsconsole.clean import FOREIGN, Clean, clean
from screens.shell.sheet import Sheet
from screens.shell.state import load_history, save_history
from tests.screens.shell.hostile import corpus
from tests.screens.shell.stage import host
from tests.screens.shell.trial import Trial, groups, lines, rows, texts, trial, words

WEB1, WEB2 = host("web-1"), host("web-2")
COPY = re.compile("\x1b\\]52;c;([A-Za-z0-9+/=]*)\x07")


def _field(one: Trial) -> Input:
    return one.app.main.command_line.query_one(Input)


async def _draw(one: Trial) -> None:
    await one.on.quiet()
    one.judge()


async def test_typed_as_a_command_and_as_a_filter() -> None:
    async with trial(WEB1, WEB2, size=(4000, 10)) as one:
        one.app.done.clear()
        typed = [clean(line, len(line)) for line in lines(corpus(), 3900) if line.strip()]
        for line in typed:
            one.app.main.command_line.open(":", line)
            await _draw(one)
            await _field(one).action_submit()
            await _draw(one)
        assert one.app.done == typed
        assert one.app.main.status.plain.count("no command") == 1
        for line in typed:
            one.app.main.command_line.open("/", line)
            _field(one).insert_text_at_cursor("x")
            await _draw(one)
            one.app.main.command_line.action_cancel()
            await _draw(one)
        assert one.app.done == typed


async def test_as_an_argument_of_every_command_that_takes_one() -> None:
    verbs = ("tab", "pane", "target", "sort", "columns", "yank", "theme", "link", "filter")
    async with trial(WEB1, WEB2, size=(300, 10)) as one:
        for at, text in enumerate(lines(corpus(), 200)):
            one.app.carry_out(f"{verbs[at % len(verbs)]} {text} x")
            await _draw(one)
        assert one.app.is_running
        assert one.app.main.tab.target == ""


async def test_pasted_into_the_line_and_beside_it() -> None:
    async with trial(WEB1, WEB2, size=(300, 10)) as one:
        one.app.done.clear()
        taken = 0
        for group in groups(map(Clean, corpus()), 100):
            one.app.main.command_line.open(":")
            for text in group:
                _field(one).post_message(Paste(text))
            await _draw(one)
            taken += len(_field(one).value)
            assert not FOREIGN.search(_field(one).value)
            one.app.main.command_line.action_cancel()
            for text in group[:10]:
                one.app.main.tab.fleet.table.post_message(Paste(text))
            await _draw(one)
        assert taken > 10_000
        assert one.app.done == []


async def test_pressed_as_keys() -> None:
    strange = sorted({char for text in corpus() for char in text if not char.isascii()})
    async with trial(WEB1, WEB2, size=(160, 10)) as one:
        one.app.done.clear()
        for char in strange:
            one.app.post_message(Key(char, char))
        await _draw(one)
        assert one.app.done == []
        one.app.main.command_line.open(":")
        for char in strange:
            one.app.post_message(Key(char, char))
            await _draw(one)
        assert one.app.done == []
        assert one.app.main.command_line.is_open


async def test_recalled_from_a_history_file_that_somebody_wrote() -> None:
    written: list[str] = list(lines(corpus(), 3900))
    async with trial(WEB1, WEB2, size=(4000, 10)) as one:
        one.app.done.clear()
        save_history({":": written})
        kept = load_history()
        assert len(kept[":"]) == len(written)
        one.app.main.command_line.history.update(kept)
        one.app.main.command_line.open(":")
        for line in reversed(kept[":"]):
            one.app.main.command_line.action_recall(-1)
            await _draw(one)
            assert one.app.main.command_line.text == clean(line, len(line))
        assert one.app.done == []


async def test_offered_as_completions() -> None:
    width = 4000
    async with trial(WEB1, WEB2, size=(width, 10)) as one:
        one.app.done.clear()
        line = one.app.main.command_line
        for group in groups(texts(), 60):

            def offer(text: str, group: Sequence[str] = group) -> Sequence[str]:
                return [f"{text}{each}" for each in group]

            line.open(":", "host ", offer)
            line.action_complete(1)
            seen = 0
            while seen < len(
                group
            ):  # from a little before the chosen one on, what there is room for
                await _draw(one)
                room = width
                while seen < len(group) and (room := room - cell_len(clean(group[seen])) - 2) > 0:
                    seen += 1
                    line.action_complete(1)
        assert one.app.done == []


async def test_names_of_targets_complete() -> None:
    names = [text for text in dict.fromkeys(corpus(300)) if text]
    async with trial(*map(host, names), size=(160, 10)) as one:
        await one.on.press("colon", *"host", "space", "tab")
        one.judge()
        for _ in range(50):
            await one.on.press("tab")
            one.judge()


@pytest.mark.parametrize("word", ["what:(", "!", "label:", "x" * 600, "[/]", "\x1b]0;x\x07"])
async def test_help_on_what_is_no_filter(word: str) -> None:
    async with trial(WEB1, WEB2) as one:
        one.app.carry_out(f"help {word}")
        await one.look()
        await one.on.press("escape", "question_mark", "slash")
        sheet = one.app.screen
        assert isinstance(sheet, Sheet)
        sheet.line.query_one(Input).value = word
        await one.look()
        assert one.app.is_running


async def _list(one: Trial, texts_of_rows: Sequence[Clean]) -> None:
    """The list of failed units, under these texts."""
    one.tell("host.unit", "web-1", list(rows("host.unit", texts_of_rows)))
    await one.look()


@pytest.fixture
def _no_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    monkeypatch.delenv("TMUX", raising=False)


@pytest.mark.usefixtures("_no_tools")
async def test_copied_text_is_harmless_where_it_is_pasted() -> None:
    async with trial(WEB1) as one:
        await one.on.type("pane units")
        table = one.app.main.tab.table
        assert table is not None
        table.set_shown(words("host.unit"))
        for group in groups(texts(), 300):
            await _list(one, group)
            for what in ("pane", "row", "cell", "id"):
                one.app.carry_out(f"yank {what}")
                await one.on.quiet()
                (code,) = COPY.findall(one.app.take_sent())
                text = base64.b64decode(code).decode()
                assert not FOREIGN.search(text.replace("\n", "").replace("\t", ""))
                assert len(text.split("\n")) == (1 + table.counts[0] if what == "pane" else 1)


async def test_printed_as_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "__stdout__", io.TextIOWrapper(printed, "utf-8", write_through=True))
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n" * 200))
    async with trial(WEB1) as one:
        for pane, probe in (("units", "host.unit"), ("identity", "host.identity")):
            await one.on.type(f"pane {pane}")
            for group in groups(texts(), 600):
                one.tell(probe, "web-1", list(rows(probe, group)))
                await one.look()
                one.app.carry_out("dump")
                await one.look()
    said = printed.getvalue().decode()
    assert said.count("Enter goes back") == 2 * -(-len(texts()) // 600)
    assert not FOREIGN.search(said.replace("\n", "").replace("\t", ""))
