"""What all tests of this folder share."""

from tests.servers.cloud import keyed

__all__ = ["keyed"]
