"""Alerts on the screen: what is known of them, their list, the way to one, and who cares."""
