"""The panes of a tab: each draws one `spec.Pane` from the store when something it shows changed."""
