"""Tests of what is known of PostgreSQL, on made answers and on real servers."""
