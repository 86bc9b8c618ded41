"""Tests of what is known of PgBouncer, on made answers and on a real one."""
