"""An audit folder, gates and consoles to be ruined."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.gated import GATES
from tests.engine.ruin import Ruin


@pytest.fixture
def ruin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ruin]:
    """Everything that is started in it has ended afterwards."""
    scene = Ruin(tmp_path)
    monkeypatch.setenv(GATES, str(scene.gates))
    monkeypatch.setenv("OPSCONSOLE_AUDIT", str(scene.audit))
    yield scene
    scene.close()
