"""Maps of field devices: reading them, and reading by them."""
