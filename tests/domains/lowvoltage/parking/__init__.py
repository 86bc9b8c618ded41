"""Pages that tell states and numbers."""
