"""AWS: read, judged, acted on; against a simulation of it."""
