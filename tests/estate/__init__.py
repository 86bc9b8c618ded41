"""The estate: files in, targets or problems out."""
