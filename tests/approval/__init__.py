"""The second person, with real processes of real other users."""
