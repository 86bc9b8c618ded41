"""Tests of what is known of rooms: power, air, doors, parking."""
