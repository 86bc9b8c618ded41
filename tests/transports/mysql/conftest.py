"""One MariaDB for all tests of the transport that leave it as it was."""

from collections.abc import Generator

import pytest

from tests.servers.mariadb import MariaDb, server


@pytest.fixture(scope="module")
def db() -> Generator[MariaDb, None, None]:
    with server() as one:
        yield one
