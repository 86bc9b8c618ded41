"""pgBackRest."""
