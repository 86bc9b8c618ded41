"""Integrations, by role: a module (or folder) each, found and not listed."""
