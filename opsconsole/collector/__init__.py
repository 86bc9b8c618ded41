"""Asks every probe on time; a fault is a sample."""
