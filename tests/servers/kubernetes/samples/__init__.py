"""Objects as real clusters have them, to be multiplied."""
