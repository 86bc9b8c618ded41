"""Tests of the ways to reach a target, against real peers."""
