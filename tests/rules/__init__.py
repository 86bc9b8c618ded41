"""The rule engine: what is told of samples that are played to it."""
