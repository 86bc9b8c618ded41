"""The bacnet transport, tried with a real device."""
