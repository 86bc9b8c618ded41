"""MySQL and MariaDB: answers read, and real MariaDB servers."""
