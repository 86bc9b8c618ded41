"""A server for all tests of a module."""

from collections.abc import Generator

import pytest

from tests.servers.postgres import Server, primary


@pytest.fixture(scope="module")
def server() -> Generator[Server]:
    with primary() as one:
        yield one
