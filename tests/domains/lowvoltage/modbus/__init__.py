"""Modbus devices, tried with a real server."""
