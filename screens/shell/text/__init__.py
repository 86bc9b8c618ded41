"""Texts of objects on screen: what can be read, and reading it."""
