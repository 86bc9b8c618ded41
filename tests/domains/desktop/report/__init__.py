"""Tests of what the Desktop role hands over."""
