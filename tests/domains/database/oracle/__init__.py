"""Tests of what is known of Oracle databases."""
