"""Cloud operations: accounts of providers: what runs there, what it costs, who can get in."""
