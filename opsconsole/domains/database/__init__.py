"""Database operations: servers that keep data, and what stands in front of them."""
