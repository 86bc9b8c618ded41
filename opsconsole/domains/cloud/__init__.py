"""Cloud operations: clusters, and accounts of providers: what runs there, what it costs."""
