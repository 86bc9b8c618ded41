"""The tabs: one module per role domain says which panes it shows, in which order."""
