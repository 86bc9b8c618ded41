"""Joins the parts: a collector side and a console side, only a bus between them."""
