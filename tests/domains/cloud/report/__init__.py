"""The optimisation of clouds."""
