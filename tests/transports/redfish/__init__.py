"""Redfish, as a way to reach controllers."""
