"""This machine: the sampler as a child process, no network."""
