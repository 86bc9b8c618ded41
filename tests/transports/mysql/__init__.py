"""The MySQL transport, against real MariaDB servers and one that is up to no good."""
