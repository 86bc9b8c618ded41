"""Tests of the transport `nut`."""
