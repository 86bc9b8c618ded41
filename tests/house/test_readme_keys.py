"""The README names keys that are there, and at least one for everything that has any."""

import re

import pytest

from screens.shell.start import default_keys
from tests.conftest import ROOT

NAMES = {
    "Tab": "tab",
    "Shift-Tab": "shift+tab",
    "Enter": "enter",
    "Esc": "escape",
    "Space": "space",
    "Home": "home",
    "Left": "left",
    "Right": "right",
    "PgDn": "pagedown",
    "PgUp": "pageup",
    "gg": "g",
    "/": "slash",
    ":": "colon",
    "?": "question_mark",
    "!": "exclamation_mark",
    "*": "asterisk",
    "<": "less_than_sign",
    ">": "greater_than_sign",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
}
FILLERS = {"and", "or", "a", "letter"}


def _named() -> set[str]:
    """Keys in the first column of the README's table, as the keymap writes them."""
    readme = ROOT / "README.md"
    if not readme.is_file():
        pytest.skip("no README.md here: these tests run against a wheel")
    section = readme.read_text().partition("## Keys\n")[2].partition("\n## ")[0]
    found: set[str] = set()
    for row in re.findall(r"^\| (.*?) \| ", section, re.MULTILINE)[1:]:
        if "`1`…`9`" in row:
            found.update("123456789")
        for match in re.finditer(r"`([^`]+)`|([A-Za-z][\w-]*)", row):
            word: str = match[1] or match[2]
            if match[1] or word not in FILLERS:
                found.add(NAMES.get(word, word.replace("ctrl-", "ctrl+")))
    return found


def test_every_key_of_the_readme_is_there() -> None:
    keys = {key for keys in default_keys().values() for key in keys}
    assert _named() - keys == set()


def test_all_that_has_a_key_is_in_the_readme() -> None:
    named = _named()
    assert [action for action, keys in default_keys().items() if not named.intersection(keys)] == []
