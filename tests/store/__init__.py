"""The store: newest samples, their age, their history."""
