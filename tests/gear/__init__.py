"""Recognition of devices."""
