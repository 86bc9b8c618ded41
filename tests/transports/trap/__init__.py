"""Tests of the receiver of traps."""
