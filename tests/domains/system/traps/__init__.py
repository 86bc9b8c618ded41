"""Traps: as rows, lines of the timeline, and by their rule."""
