"""What tabs show of one kind of target each; the tabs themselves stand beside this folder."""
