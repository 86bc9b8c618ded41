"""The live table: its rows, its lines, its keys."""
