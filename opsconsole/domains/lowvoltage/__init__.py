"""Low-voltage: what is known of machine rooms, their power and air, doors and parking."""
