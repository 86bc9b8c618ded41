"""What the Database role hands over: the weekly health of its servers."""
