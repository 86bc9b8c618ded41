"""One fake API server for all tests of a module; each test has a namespace of its own there."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.kubernetes import ADMIN, Kubernetes, kubernetes
from tests.transports.kubernetes.scene import Space, target

COUNT = 25
_NAMES = (f"space-{at}" for at in itertools.count())


@pytest.fixture(scope="module")
def running() -> Iterator[Kubernetes]:
    with kubernetes(bookmark_s=0.3) as server:
        yield server


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("account") / "token"
    path.write_text(ADMIN + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def space(running: Kubernetes, token: Path) -> Iterator[Space]:
    """With 25 config maps, and nothing wrong."""
    made = Space(running, next(_NAMES), target(running.base_url, token))
    made.add(*(f"map-{at:02}" for at in range(COUNT)))
    yield made
    running.control("heal")
    running.control("settings", bookmark_s=0.3, watch_list="on")
