"""The one door every action passes."""
