"""Tests of being the second person: who asks, what they want, and what answers it."""
