"""The console in a real terminal: a pty or tmux."""
