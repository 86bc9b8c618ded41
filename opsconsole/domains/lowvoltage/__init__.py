"""Low-voltage operations: power, air, doors and parking of the rooms."""
