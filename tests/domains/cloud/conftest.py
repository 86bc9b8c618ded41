"""What all tests of clouds share."""

from tests.servers.cloud import keyed

__all__ = ["keyed"]
