"""The Redis transport, against servers that listen here."""
