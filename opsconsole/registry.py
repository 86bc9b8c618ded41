"""Finds the integrations, transports and screens that stand in their folders."""
