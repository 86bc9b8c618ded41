"""Tests of the way to Oracle databases."""
