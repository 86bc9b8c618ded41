"""The transport to clouds by libcloud, against recorded and simulated providers."""
