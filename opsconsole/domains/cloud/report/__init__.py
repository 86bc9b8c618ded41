"""What cloud operations hand over."""
