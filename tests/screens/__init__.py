"""Tests of the screens; they mirror the tree."""
