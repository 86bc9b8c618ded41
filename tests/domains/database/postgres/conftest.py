"""Servers for all tests of a module: the distribution's, and others for tests of each version."""

import contextlib
from collections.abc import Callable, Generator

import pytest

from tests.servers.postgres import VERSIONS, Server, primary


@pytest.fixture(scope="module")
def _servers() -> Generator[Callable[[str], Server]]:
    """One of each version, started when it is asked for."""
    running: dict[str, Server] = {}
    with contextlib.ExitStack() as stack:

        def of(version: str) -> Server:
            if version not in running:
                running[version] = stack.enter_context(primary(version=version))
            return running[version]

        yield of


@pytest.fixture(scope="module")
def server(_servers: Callable[[str], Server], request: pytest.FixtureRequest) -> Server:
    """The distribution's, or one of the version that the test is run for; see `scene.each`."""
    return _servers(getattr(request, "param", VERSIONS[0]))
