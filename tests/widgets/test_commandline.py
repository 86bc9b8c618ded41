"""The command line: history, completion, and nothing pasted into it runs by itself."""

from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.widgets import Input

from widgets.commandline import HISTORY, CommandLine


class Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.line = CommandLine()
        self.heard: list[tuple[str, ...]] = []

    def compose(self) -> ComposeResult:
        yield self.line

    def on_command_line_submitted(self, message: CommandLine.Submitted) -> None:
        self.heard.append(("submitted", message.prompt, message.text))

    def on_command_line_edited(self, message: CommandLine.Edited) -> None:
        self.heard.append(("edited", message.prompt, message.text))

    def on_command_line_cancelled(self, message: CommandLine.Cancelled) -> None:
        self.heard.append(("cancelled", message.prompt))

    def on_command_line_refused(self, message: Message) -> None:
        self.heard.append(("refused",))


def completions(text: str) -> list[str]:
    return [word for word in ("sort cpu", "sort memory", "shell") if word.startswith(text)]


async def test_typing_is_told_and_submitted_lines_are_remembered() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        assert not app.line.display
        app.line.open("/")
        await pilot.press("w", "e", "b", "enter")
        await pilot.pause()
        assert app.heard == [
            ("edited", "/", "w"),
            ("edited", "/", "we"),
            ("edited", "/", "web"),
            ("submitted", "/", "web"),
        ]
        assert app.line.history == {"/": ["web"]}
        assert not app.line.is_open
        assert not app.line.display


async def test_escape_cancels_and_nothing_is_remembered() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.line.open(":", "quit")
        await pilot.press("escape")
        await pilot.pause()
        assert app.heard.pop() == ("cancelled", ":")
        assert not app.heard
        assert not app.line.history


async def test_older_lines_that_begin_alike_are_recalled() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.line.history[":"] = ["sort cpu", "help", "sort memory"]
        app.line.open(":")
        await pilot.press("up")
        assert app.line.text == "sort memory"
        await pilot.press("up", "up", "up")
        assert app.line.text == "sort cpu"
        await pilot.press("down", "down", "down")
        assert app.line.text == ""
        await pilot.press("h", "up")
        assert app.line.text == "help"


async def test_history_is_bounded_and_holds_each_line_once() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.line.history[":"] = [str(at) for at in range(HISTORY)]
        app.line.open(":", "7")
        await pilot.press("enter")
        app.line.open(":", "new")
        await pilot.press("enter")
        lines = app.line.history[":"]
        assert len(lines) == HISTORY
        assert lines[-2:] == ["7", "new"]
        assert lines.count("7") == 1


async def test_tab_extends_then_offers_then_walks() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.line.open(":", "so", completions)
        await pilot.press("tab")
        assert app.line.text == "sort "
        assert app.line.candidates == ("sort cpu", "sort memory")
        assert app.line.size.height == 2
        await pilot.press("tab")
        assert app.line.text == "sort cpu"
        await pilot.press("tab", "tab", "shift+tab")
        assert app.line.text == "sort memory"
        await pilot.press("x")
        assert not app.line.candidates
        app.line.open(":", "sh", completions)
        await pilot.press("tab")
        assert app.line.text == "shell"


async def test_keys_of_a_shell_edit_the_line() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.line.open(":", "sort by cpu")
        await pilot.press("ctrl+w")
        assert app.line.text == "sort by "
        await pilot.press("ctrl+u")
        assert app.line.text == ""


async def test_pasted_control_characters_and_lines_are_refused() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.line.open(":", "a")
        field = app.query_one(Input)
        refused: list[tuple[str, ...]] = [("refused",)] * 4
        for hostile in ("quit\n", "\x1b[2J", "a\tb", "\u202e"):
            field.post_message(events.Paste(hostile))
        await pilot.pause()
        assert app.line.text == "a"
        assert app.heard == refused
        field.post_message(events.Paste("bc [/]"))
        await pilot.pause()
        assert app.line.text == "abc [/]"
        assert not field.cursor_blink
