"""Tests of SQL as text."""
