"""Server hardware by its management controller."""
