"""Tests of the SSH transport against real sshd and a farm of scripted hosts."""
