"""Tests of the actions on a host: on recorded answers, and on real hosts."""
