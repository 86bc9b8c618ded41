"""The estate: from the operator's files to typed targets."""
