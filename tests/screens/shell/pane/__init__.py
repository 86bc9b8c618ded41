"""Panes on a bare screen."""
