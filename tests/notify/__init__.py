"""Notifications: what is told, how few messages that takes, and that all of it arrives."""
