"""Clouds by libcloud: read, judged, acted on."""
