"""Newest sample per probe and target, what is fresh, and a bounded recent history."""
