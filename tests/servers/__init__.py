"""Real servers on loopback addresses, started for tests and stopped by pid."""
