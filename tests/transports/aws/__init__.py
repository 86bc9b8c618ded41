"""The transport to AWS, against a simulation of it, and against servers that misbehave."""
