"""Documents in their forms, and those that belong to no role."""
