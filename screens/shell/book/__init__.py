"""Walking through a runbook: how far it is, and the sheet that shows it."""
