"""The engine: processes, and what becomes of them."""
