"""What every test may lean on: where the project, the recordings and the servers stand."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _own_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the tester's estate, ssh configuration or agent, nor writes their state."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    for name in ("OPSCONSOLE_ESTATE", "SSH_AUTH_SOCK", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT)]))


@pytest.fixture
def recordings() -> Path:
    """The folder of recorded device answers beside the checkout."""
    folder = ROOT.parent / "shared" / "recordings"
    if not folder.is_dir():
        pytest.skip(f"no recordings at {folder.parent.name}/{folder.name} beside the checkout")
    return folder
