"""Network devices: recordings, a real agent, one that misbehaves."""
