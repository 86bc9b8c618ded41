"""What draws, drawn and driven without a terminal."""
