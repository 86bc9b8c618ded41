"""Hosts for the transport tests."""

from tests.servers.sshd import site

__all__ = ["site"]
