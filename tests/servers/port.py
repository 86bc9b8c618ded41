"""The port of all servers of this test run: runs at the same time never meet one another's."""

import os
import socket

_FIRST, _COUNT = 10_000, 20_000
"""Below the ports that Linux gives to clients."""


def _free() -> int:
    """A port that nobody listens on, on any address; other processes start to look elsewhere."""
    start = os.getpid() * 7
    for at in range(100):
        port = _FIRST + (start + at) % _COUNT
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
            return port
    raise RuntimeError("a hundred ports in a row are taken")


PORT = _free()
