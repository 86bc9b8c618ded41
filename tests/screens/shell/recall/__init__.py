"""Looking back: the timeline on screen, relatives, what changed."""
