"""What the System role hands over."""
