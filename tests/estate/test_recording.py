"""`[recording]` in the estate."""

from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import load
from opsconsole.estate.recording import Keeping
from tests.estate.conftest import write

HEAD = "[target.web-1]\n[recording]\n"


def test_nothing_said_records(here: Path) -> None:
    assert load(write(here / "e.toml", "[target.web-1]\n"), {}).recording == Keeping()
    assert Keeping().enabled


def test_every_key(here: Path) -> None:
    text = 'max_size_mb = 16\nmax_age_h = 2\ndirectory = "kept"\nenabled = false\n'
    found = load(write(here / "e.toml", HEAD + text), {}).recording
    assert found == Keeping(False, 16, 2, str(here / "kept"))


def test_what_one_file_switches_off_no_other_switches_on(here: Path) -> None:
    write(here / "estate" / "1.toml", HEAD + "enabled = false\nmax_age_h = 3\n")
    write(here / "estate" / "2.toml", "[recording]\nenabled = true\nmax_age_h = 4\n")
    found = load(here / "estate", {}).recording
    assert (found.enabled, found.max_age_h) == (False, 4)


@pytest.mark.parametrize(
    "text",
    ["max_size_mb = 1", "max_age_h = 0", "enabled = 1", "directory = 3", "max_size = 5"],
)
def test_what_makes_no_sense_is_told(here: Path, text: str) -> None:
    with pytest.raises(EstateError, match="recording"):
        load(write(here / "e.toml", HEAD + text), {})
