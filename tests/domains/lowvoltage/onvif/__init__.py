"""Devices that speak ONVIF, simulated."""
