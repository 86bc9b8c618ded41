"""Devices behind a broker, tried with a real one."""
