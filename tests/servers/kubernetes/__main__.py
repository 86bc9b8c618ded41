"""Run the fake as a process of its own."""

from tests.servers.kubernetes.serving import main

main()
