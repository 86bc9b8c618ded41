"""Tests of the incident timeline: order, incidents, causes."""
