"""What targets are asked."""
