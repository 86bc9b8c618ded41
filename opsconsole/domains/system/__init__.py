"""System operations: hosts and what carries them."""
