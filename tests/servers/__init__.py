"""Starts real servers for tests, each skipped by name when its program is missing."""
