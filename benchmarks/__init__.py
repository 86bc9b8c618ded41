"""Measurements, as ratios in one run; each prints JSON."""
