"""What the Desktop role hands over: the order list of consumables."""
