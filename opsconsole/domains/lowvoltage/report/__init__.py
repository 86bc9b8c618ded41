"""What low-voltage operations hand over."""
