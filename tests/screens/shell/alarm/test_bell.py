"""From which level on the bell rings, as the operator's own file says."""

from pathlib import Path

import pytest

from opsconsole.model import Level
from screens.shell.alarm.bell import read_bell


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('[alerts]\nbell = "crit"\n', Level.CRIT),
        ('[alerts]\nbell = "warn"\n', Level.WARN),
        ('[alerts]\nbell = "never"\n', None),
        ('[keys]\nzoom = "f11"\n', Level.CRIT),
        ("", Level.CRIT),
        ("not toml [", Level.CRIT),
    ],
)
def test_what_the_file_says_counts(text: str, wanted: Level | None, tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(text)
    assert read_bell(path) == (wanted, ())


def test_without_a_file_it_rings_for_what_is_critical(tmp_path: Path) -> None:
    assert read_bell(tmp_path / "keys.toml") == (Level.CRIT, ())


@pytest.mark.parametrize(
    "text", ['[alerts]\nbell = "loud"\n', "[alerts]\nbell = 1\n", "alerts = 1\n"]
)
def test_what_makes_no_sense_is_told_and_changes_nothing(text: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(text)
    level, told = read_bell(path)
    assert level is Level.CRIT
    assert '"crit", "warn" or "never"' in told[0]
