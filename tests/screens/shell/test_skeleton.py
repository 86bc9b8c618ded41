"""The first picture is small, harmless and honest, and needs nothing but os."""

import os
import subprocess
import sys

import pytest

from screens.shell import skeleton
from tests.conftest import ROOMS, ROOT
from tests.screens.shell.emulator import Emulator

HOUSE = ROOMS if ROOMS.is_dir() else ROOT
"""Where `screens` stands: in a wheel, or in a checkout."""

LAYOUT = [
    " System  Database",
    " CPU            waiting  Mémoire        waiting",
    "",
    "                                                 waiting",
]


def test_each_word_stands_where_it_stood() -> None:
    terminal = Emulator(60, 5)
    terminal.feed(skeleton.picture(LAYOUT, 5, 60).decode())
    assert [line.rstrip() for line in terminal.lines()] == [*LAYOUT, ""]


@pytest.mark.parametrize(("cols", "rows"), [(80, 24), (160, 50), (400, 100), (20, 5), (3, 2)])
def test_the_first_layout_fits_its_screen_and_its_budget(cols: int, rows: int) -> None:
    picture = skeleton.picture(skeleton.first_layout(rows, cols), rows, cols)
    assert len(picture) <= 2048 + 64
    terminal = Emulator(cols, rows)
    terminal.feed(picture.decode())
    assert terminal.lines()[0].startswith(" opsconsole  starting"[:cols])


def test_what_was_saved_is_shown_at_the_same_size_only() -> None:
    assert skeleton.save(LAYOUT, 5, 36)
    assert skeleton._saved(5, 36) == LAYOUT
    assert skeleton._saved(24, 80) == []


def test_a_poisoned_file_paints_no_escape_sequence() -> None:
    skeleton.save(["x"], 5, 40)
    fd = os.open(skeleton._path(), os.O_WRONLY | os.O_TRUNC)
    os.write(fd, b"40x5\n\x1b]52;c;eA==\x07evil\x9b2J\n\xff\xfe\xe2\x80\xae\n")
    os.close(fd)
    picture = skeleton.picture(skeleton._saved(5, 40), 5, 40).decode()
    lines = picture.split("\x1b[2m")[1].split("\x1b[0m")[0]
    assert "evil" in lines
    assert all(part.startswith("[") for part in lines.split("\x1b")[1:])
    assert not any(char in lines for char in "\x07\x9b\u202e")


def test_ascii_terminals_see_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    assert skeleton.picture(LAYOUT, 5, 40).isascii()


def test_nothing_is_painted_where_there_is_no_terminal() -> None:
    code = "from screens.shell.skeleton import paint; print(paint())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; before = set(sys.modules); import screens.shell.skeleton;"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(HOUSE)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    ours = ["screens", "screens.shell", "screens.shell.charset", "screens.shell.skeleton"]
    assert done.stdout == f"{ours}\n"
