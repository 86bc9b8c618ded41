"""The operator's keys: each bad entry is named and keeps its default."""

from pathlib import Path

import pytest

from screens.shell.commands import COMMANDS
from screens.shell.keymap import AVOID, read

DEFAULTS = {"zoom": ("z",), "pause": ("P",), "refresh": ("r",)}


def _file(folder: Path, text: str) -> Path:
    path = folder / "keys.toml"
    path.write_text(text)
    return path


def test_no_file_changes_nothing(tmp_path: Path) -> None:
    keymap = read(tmp_path / "keys.toml", DEFAULTS)
    assert (keymap.keys, keymap.problems) == ({}, ())


def test_keys_are_laid_over_the_defaults(tmp_path: Path) -> None:
    keymap = read(_file(tmp_path, '[keys]\nzoom = "f11, Z"\n'), DEFAULTS)
    assert keymap.keys == {"zoom": "f11,Z"}
    assert not keymap.problems


def test_two_actions_may_swap_keys(tmp_path: Path) -> None:
    keymap = read(_file(tmp_path, '[keys]\nzoom = "P"\npause = "z"\n'), DEFAULTS)
    assert keymap.keys == {"zoom": "P", "pause": "z"}


def test_a_key_of_another_action_is_refused_and_named(tmp_path: Path) -> None:
    keymap = read(_file(tmp_path, '[keys]\nzoom = "r"\n'), DEFAULTS)
    assert keymap.keys == {}
    assert str(keymap.problems[0]) == (
        "keys.toml: keys.zoom: found 'r', which is also refresh; allowed: a key of its own"
    )


def test_giving_up_one_clash_may_make_another(tmp_path: Path) -> None:
    keymap = read(_file(tmp_path, '[keys]\nzoom = "P"\npause = "r"\n'), DEFAULTS)
    assert keymap.keys == {}
    assert len(keymap.problems) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[keys]\nzom = "z"\n', "did you mean 'zoom'?"),
        ("[keys]\nzoom = 3\n", "found 3"),
        ('[keys]\nzoom = " , "\n', "keys as text"),
        ("keys = 3\n", "not a table"),
        ("[keys\n", "a TOML file"),
    ],
)
def test_bad_entries_say_where_what_and_how(tmp_path: Path, text: str, words: str) -> None:
    keymap = read(_file(tmp_path, text), DEFAULTS)
    assert keymap.keys == {}
    assert words in str(keymap.problems[0])


def test_keys_that_rarely_arrive_are_warned_about(tmp_path: Path) -> None:
    keymap = read(_file(tmp_path, '[keys]\nzoom = "ctrl+s"\n'), DEFAULTS)
    assert keymap.keys == {"zoom": "ctrl+s"}
    assert "flow control" in str(keymap.warnings[0])


def test_the_defaults_hold_no_conflict_and_no_key_to_avoid() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(AVOID)
