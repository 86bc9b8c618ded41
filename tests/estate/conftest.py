"""What the estate's tests lean on: a folder of their own to stand in, and files to put there."""

from pathlib import Path

import pytest

from opsconsole.estate import source


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, with no estate for all users of the machine."""
    monkeypatch.setattr(source, "SYSTEM", tmp_path / "system")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    """Write a file and the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
