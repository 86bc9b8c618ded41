"""The palettes and the styles."""
