"""Tests of acting from the screen: the real console, the real executor, a scripted host."""
