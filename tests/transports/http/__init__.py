"""The HTTP transport, against servers that listen here."""
