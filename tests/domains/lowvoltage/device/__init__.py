"""Devices by SNMP."""
