"""Being the second person: see who asks, read the whole plan, approve or deny it."""
