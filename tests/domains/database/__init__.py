"""Tests of what is known of databases."""
