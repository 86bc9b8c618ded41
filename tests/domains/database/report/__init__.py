"""Reports of the Database role."""
