"""What a cluster says of its objects."""
