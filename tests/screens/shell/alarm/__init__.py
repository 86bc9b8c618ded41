"""Alerts on the screen, fed through the bus in memory."""
