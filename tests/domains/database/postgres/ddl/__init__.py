"""Statements that are judged before anybody runs them."""
