"""The mqtt transport, tried with a real broker."""
