"""The text widget and what it is made of."""
