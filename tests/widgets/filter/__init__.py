"""The filter: its grammar and its patterns."""
