"""`[[check]]`: outcomes in order, and every mistake with its place."""

from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import load
from opsconsole.model import Level
from opsconsole.rule import Condition

TEXT = """
[target.db-1]
[[check]]
name = "backup-space"
title = "Room for the backup"
probe = "host.filesystem"
column = "available_bytes"
todo = "Enlarge /backup"
needs = "mount == /backup"
targets = ["db*"]
outcomes = [
  { fail = "available_bytes < 1e9 and used_percent > 50", message = "{available_bytes} left" },
  { warn = "available_bytes < 1e10" },
  { pass = true },
]
"""
PROBES = {"host.filesystem": ("mount",)}


def _problems(folder: Path, before: str, after: str) -> str:
    path = folder / "estate.toml"
    assert before in TEXT
    path.write_text(TEXT.replace(before, after))
    with pytest.raises(EstateError) as error:
        load(path, probes=PROBES)
    return str(error.value)


def test_outcomes_come_in_order(tmp_path: Path) -> None:
    path = tmp_path / "estate.toml"
    path.write_text(TEXT)
    [check] = load(path, probes=PROBES).checks
    assert (check.id, check.title) == ("estate.backup-space", "Room for the backup")
    assert (check.probe, check.shown) == ("host.filesystem", "available_bytes")
    assert (check.todo, check.targets) == ("Enlarge /backup", ("db*",))
    assert check.needs == (Condition("mount", "==", "/backup"),)
    assert [one.level for one in check.outcomes] == [Level.CRIT, Level.WARN, Level.OK]
    assert len(check.outcomes[0].when) == 2
    assert check.outcomes[0].message == "{available_bytes} left"
    assert check.outcomes[2].when == ()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('name = "backup-space"', "", "check[1].name: found nothing"),
        ('title = "Room for the backup"', "", "check[1].title: found nothing"),
        ('probe = "host.filesystem"', 'probe = "host.filesytem"', "did you mean"),
        ('todo = "Enlarge /backup"', "todo = 3", "check[1].todo"),
        ('warn = "available_bytes < 1e10"', 'warn = "many"', "outcomes[2].warn: found 'many'"),
        ('warn = "available_bytes < 1e10"', "warning = true", "of pass, warn, fail and unknown"),
        ("{ pass = true },", "{ pass = true }, { warn = true },", "first wins"),
        ("outcomes = [", "outcome = [", "check[1].outcomes: found none"),
    ],
)
def test_mistakes(tmp_path: Path, before: str, after: str, says: str) -> None:
    assert says in _problems(tmp_path, before, after)


def test_a_check_is_a_list_of_tables(tmp_path: Path) -> None:
    path = tmp_path / "estate.toml"
    path.write_text("[target.a]\n[check]\nname = 'x'\n")
    with pytest.raises(EstateError, match="check"):
        load(path, probes=PROBES)
