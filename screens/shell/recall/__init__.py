"""Looking back: the incident timeline, relatives of an object, what changed."""
