"""The command line: names, arguments, completion, and errors that help."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import UsageError
from screens.shell.command import Shell, complete, parse
from screens.shell.commands import COMMANDS


def _sources(name: str) -> Sequence[str]:
    return {"targets": ("db-1", "web-1", "web-2"), "columns": ("cpu_percent",)}.get(name, ())


def test_a_command_and_its_argument() -> None:
    command, argument = parse(" sort  cpu_percent ", COMMANDS)
    assert (command.verb, argument) == ("sort", "cpu_percent")


def test_a_key_s_command_keeps_its_argument() -> None:
    command, argument = parse("next-tab", COMMANDS)
    assert (command.verb, argument) == ("go_tab", "+1")


def test_an_unambiguous_start_is_enough() -> None:
    assert parse("des", COMMANDS)[0].name == "describe"


@pytest.mark.parametrize(
    ("line", "words"), [("zom", ":zoom"), ("pa", ":pane, :pause"), ("", ":help")]
)
def test_an_unknown_command_names_what_is_near(line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse(line, COMMANDS)


def test_completion_of_names_and_arguments() -> None:
    assert complete("zo", COMMANDS, _sources) == ["zoom"]
    assert complete("host w", COMMANDS, _sources) == ["host web-1", "host web-2"]
    assert complete("host 1", COMMANDS, _sources) == ["host db-1", "host web-1"]
    assert complete("pause ", COMMANDS, _sources) == ["pause on", "pause off"]
    assert complete("nonsense x", COMMANDS, _sources) == []


@given(st.text(max_size=40))
def test_any_line_completes_or_is_refused(line: str) -> None:
    assert len(complete(line, COMMANDS, _sources)) <= max(50, len(COMMANDS))
    with suppress(UsageError):
        assert parse(line, COMMANDS)[0] in COMMANDS


def test_every_command_has_a_method_and_a_name_of_its_own() -> None:
    assert {command.verb for command in COMMANDS} <= set(dir(Shell))
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
