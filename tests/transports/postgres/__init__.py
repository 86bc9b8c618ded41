"""Tests of the way to PostgreSQL servers, against real ones."""
