"""Ways to reach a target; each module is the only user of its client library."""
