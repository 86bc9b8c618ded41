"""Replay: the whole console at a moment that is over."""
