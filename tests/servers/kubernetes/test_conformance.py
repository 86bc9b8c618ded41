"""One list of scenarios, against the fake always and against a real cluster if one is named."""

import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.kubernetes.client import Client, client, configured
from tests.servers.kubernetes.customs import CUSTOMS
from tests.servers.kubernetes.scenarios import SCENARIOS

ALL = (*SCENARIOS, *CUSTOMS)
KUBECONFIG = "OPSCONSOLE_KUBECONFIG"
Scenario = Callable[[Client, str], Awaitable[None]]


@pytest.fixture(scope="module")
def fake() -> Iterator[Kubernetes]:
    with kubernetes() as server:
        yield server


@pytest.fixture(params=["fake", "real"] if KUBECONFIG in os.environ else ["fake"])
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Client, str]]:
    """A client, and a namespace that is deleted afterwards."""
    space = f"opsconsole-{uuid.uuid4().hex[:8]}"
    if request.param == "fake":
        server: Kubernetes = request.getfixturevalue("fake")
        opened = client(server.base_url)
    else:
        opened = configured(Path(os.environ[KUBECONFIG]))
    async with opened as found:
        made = await found.ask("POST", "/api/v1/namespaces", {"metadata": {"name": space}})
        assert made.status == 201
        yield found, space
        await found.ask("DELETE", f"/api/v1/namespaces/{space}")


@pytest.mark.parametrize("scenario", ALL, ids=[each.__name__ for each in ALL])
async def test_it_does_as_a_real_server(scenario: Scenario, asked: tuple[Client, str]) -> None:
    await scenario(*asked)
