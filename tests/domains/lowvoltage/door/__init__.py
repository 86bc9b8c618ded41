"""Tests of the kind `door`."""
