"""The frame around the tabs: app, header, command line, help."""
