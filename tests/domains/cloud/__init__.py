"""Cloud operations: what accounts say, and what is done in them."""
