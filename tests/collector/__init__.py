"""The collector, on a clock of its own: nothing here waits, and nothing is left to chance."""
