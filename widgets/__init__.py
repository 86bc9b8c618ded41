"""What draws: told what to show, reports what the operator did, asks nobody."""
