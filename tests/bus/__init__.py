"""The buses, held to one contract."""
