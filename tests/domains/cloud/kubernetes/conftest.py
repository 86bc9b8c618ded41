"""One fake API server for all tests of a worker here; each test has a namespace of its own."""

import itertools
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from opsconsole.executor import run
from tests.domains.cloud.kubernetes.scene import Operator, operator
from tests.servers.kubernetes import Kubernetes, kubernetes

_SPACES = (f"team-{at}" for at in itertools.count())


@pytest.fixture(scope="session")
def cluster() -> Iterator[Kubernetes]:
    with kubernetes(settle_s=0.005) as server:
        server.populate(pods=0, nodes=2, namespaces=1)
        yield server


@pytest.fixture
async def one(
    cluster: Kubernetes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Operator, None]:
    """An operator who may do everything; verification looks often."""
    monkeypatch.setattr(run, "POLL", 0.03)
    async with operator(cluster, next(_SPACES), tmp_path) as found:
        yield found
        cluster.control("heal")
