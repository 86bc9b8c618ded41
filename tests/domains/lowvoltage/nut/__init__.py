"""Tests of the kind `nut`."""
