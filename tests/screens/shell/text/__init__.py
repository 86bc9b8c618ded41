"""Reading texts on screen."""
