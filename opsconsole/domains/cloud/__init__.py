"""Clouds: clusters of Kubernetes, instances of providers."""
