"""Acting on what is watched: aim, choose, read the plan, say yes, watch it run, take it back."""
