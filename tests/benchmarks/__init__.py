"""Tests of how benchmarks count."""
