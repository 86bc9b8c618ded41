"""What the System role hands over: the daily inspection, the capacity plan."""
