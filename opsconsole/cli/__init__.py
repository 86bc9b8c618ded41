"""The commands: parsed, answered and printed; the only part that may look at every floor."""
