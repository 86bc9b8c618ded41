"""A server of ours is never mistaken for a stranger's."""

import socket

import pytest

from tests.servers.port import PORT
from tests.servers.sshd import Site, site

__all__ = ["site"]


def test_a_stranger_on_its_port_is_not_taken_for_it(site: Site) -> None:
    with socket.create_server(("127.77.70.1", PORT)), pytest.raises(RuntimeError, match="in use"):
        site.host("web-1", "127.77.70.1")
    host = site.host("web-2", "127.77.70.1")
    socket.create_connection((host.address, host.port), 10).close()
