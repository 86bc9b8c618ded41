"""Low-voltage: tests of what is known of rooms and their devices."""
