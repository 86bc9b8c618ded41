"""Tests of the kubernetes transport, against a fake API server over real sockets."""
