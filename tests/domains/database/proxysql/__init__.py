"""Tests of what is known of ProxySQL, on a stand-in for its admin interface: simulated."""
