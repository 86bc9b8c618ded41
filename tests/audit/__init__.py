"""The audit log: what is written stays, and what is changed shows."""
