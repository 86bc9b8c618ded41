"""Tests of the gateway to OSDP devices."""
