"""What builds, ships and watches: one module per kind of target."""
