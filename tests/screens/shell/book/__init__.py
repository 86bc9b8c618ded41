"""Tests of walking through a runbook."""
